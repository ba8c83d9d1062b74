// What object files and libraries define and want, as `nm` tells it; names are demangled.
#pragma once

#include <map>
#include <set>
#include <string>

namespace refwave::test {

using Symbols = std::set<std::string>;

/// Returns: for each object of a static library (or for one object file) the symbols that it wants from
/// elsewhere.
std::map<std::string, Symbols> wanted_by_object(const std::string& file);

/// Returns: what a shared object offers to, or wants from, other modules; without symbol versions.
Symbols offered(const std::string& file);
Symbols wanted(const std::string& file);

}  // namespace refwave::test
