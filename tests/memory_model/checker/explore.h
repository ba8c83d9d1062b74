// Runs a scenario again and again, each time by other choices, until one execution fails.
#pragma once

#include <cstdint>
#include <string>

#include "tests/memory_model/checker/choices.h"
#include "tests/memory_model/checker/scenario.h"

namespace refwave::memory_model {

struct Outcome {
  std::uint64_t executions = 0;
  std::string failure;     // empty: none
  std::uint64_t seed = 0;  // of the execution that failed
};

/// Returns: the failure of one execution; empty if none.
std::string run_once(const Scenario& scenario, Choices& choices);

/// Effects: so many executions with the seeds from `seed`, or fewer, if one fails or `seconds` are over.
Outcome explore(const Scenario& scenario, std::uint64_t seed, std::uint64_t executions, double seconds);

/// Returns: the failure of the execution with that seed, and the last of its steps with their lines of
/// source.
std::string explain(const Scenario& scenario, std::uint64_t seed);

/// Returns: the machine's monotonic time.
double real_seconds();

}  // namespace refwave::memory_model
