// One seeded schedule of faults: a life of the driver from DRV_LOAD to DRV_FREE, with random settings,
// streams and clients, and a device whose faults the seed decides.
#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/player.h"

namespace refwave::simulation {

struct ScheduleCounts {
  Tally tally;
  std::uint64_t streams = 0;
  std::uint64_t most_streams = 0;
  std::uint64_t pages = 0;  // that a thread met while they were missing
  std::uint64_t deaths = 0;
  std::uint64_t stops = 0;
  std::uint64_t resets = 0;
  std::int64_t simulated_ns = 0;
};

/// Returns: the first promise that was broken; empty if all were kept. `counts` grows.
std::string run_schedule(std::uint64_t seed, ScheduleCounts& counts);

/// Returns: the settings of that schedule, as DRV_OPEN takes them.
std::string settings_of_schedule(std::uint64_t seed);

}  // namespace refwave::simulation
