// Every order of the driver's, weakened one step at a time, until a scenario fails.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace refwave::memory_model {

/// `only`: parts of files' names, or all files. `executions`: of each scenario, with each weakened order.
/// Effects: prints a table: order, file and line, and the scenario that found it. Returns: 0 if each order is
/// found or has its reason ("Kept: …") in the comment above its statement, also where no scenario comes.
int mutate(const std::vector<std::string>& only, std::uint64_t executions, std::size_t jobs);

}  // namespace refwave::memory_model
