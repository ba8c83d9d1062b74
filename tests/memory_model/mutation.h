// Every order of the driver's, weakened one step at a time, until a scenario fails.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace refwave::memory_model {

struct MutationOptions {
  std::vector<std::string_view> only;  // parts of files' names; empty: all
  std::uint64_t executions = 20'000;   // of each scenario, with each weakened order
  std::string_view with;               // the beginning of the names of scenarios; empty: all
  std::size_t jobs = 1;
};

/// Effects: prints a table: order, file and line, and the scenario that found it. Returns: 0 if each order is
/// found or has its reason ("Kept: …") in the comment above its line.
int mutate(const MutationOptions& options);

}  // namespace refwave::memory_model
