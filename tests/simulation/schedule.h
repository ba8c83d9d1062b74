// One seeded schedule of faults: a life of the driver from DRV_LOAD to DRV_FREE, with random settings,
// streams and clients, and a device whose faults the seed decides. A life may have many sessions of clients,
// with rests between them in which the device is closed, and the process holds no more than in the first.
#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/player.h"

namespace refwave::simulation {

/// Returns: the first promise that was broken; empty if all were kept. `tally` grows.
std::string run_schedule(std::uint64_t seed, Tally& tally, std::size_t sessions);

/// Returns: the settings of that schedule, as DRV_OPEN takes them.
std::string settings_of_schedule(std::uint64_t seed);

}  // namespace refwave::simulation
