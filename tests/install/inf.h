// What can be wrong with an INF and is seen in its text alone: names that lead nowhere, and names nothing
// leads to.
#pragma once

#include <string>
#include <vector>

namespace refwave::test {

/// Returns: one line for each mistake. Follows "General Syntax Rules for INF Files" and the pages of the
/// sections that refwave.inf has.
std::vector<std::string> mistakes_in_inf(const std::string& text);

}  // namespace refwave::test
