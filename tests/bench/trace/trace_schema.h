// Checks a file in the trace event format: everything that a viewer needs in order to show all of it.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace refwave::test {

/// Returns: each thing that is wrong with the trace, one line each: members that are missing, times that fall
/// within a thread, slices that do not nest or end, arrows without a beginning, an end or a slice to hold on
/// to, phases of a row that do not nest, threads without a name.
std::vector<std::string> offences_of(const nlohmann::json& trace);

}  // namespace refwave::test
