// What object files want, as `nm` and `objdump` tell it; names are demangled.
#pragma once

#include <map>
#include <set>
#include <string>

namespace refwave::test {

using Symbols = std::set<std::string>;

using Functions = std::map<std::string, Symbols>;
inline constexpr const char* kTables = "(tables)";  // in place of a function: what constants refer to

/// Returns: whether it is this project's own.
bool is_ours(const std::string& symbol);

/// Returns: for each object of a static library (or for one object file), for each of its functions, the
/// symbols that it refers to: those from elsewhere, and refwave's own. Precondition: each function has a
/// section of its own.
std::map<std::string, Functions> wanted_by_function(const std::string& file);

}  // namespace refwave::test
