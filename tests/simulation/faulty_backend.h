// The sound devices of a simulated schedule. Each open takes its faults from the dice: a device that refuses,
// hangs, starts never, calls late, twice, with odd sizes, too fast or too slow, falls silent, or is lost and
// calls on. This file's make_portaudio_backend() is linked in place of hal's.
#pragma once

#include <cstdint>

#include "tests/simulation/simulation.h"

namespace refwave::simulation {

/// How a device keeps its schedule.
enum class Pace : std::uint8_t { even, late, doubled, odd, fast, slow, jumping, count };

/// One schedule's devices. Constant while the schedule runs, except for `healthy`.
struct DeviceFaults {
  std::uint64_t seed = 0;
  std::uint32_t one_of = 2;  // so many opens meet no fault
  bool has_input = false;    // else the clocked device records
  bool scripted = false;     // instead of the dice: lost soon, refuses twice, comes back
  bool healthy = false;      // no faults from now on, and none that goes on
  // While the device is away, open devices are lost and no open succeeds, healthy or not.
  std::int64_t away_from_ns = kNever;
  std::int64_t back_at_ns = kNever;

  bool is_away() const noexcept { return now_ns() >= away_from_ns && now_ns() < back_at_ns; }
};

DeviceFaults& device_faults();

inline constexpr std::uint32_t kDeviceRate = 48'000;  // unless the driver asks for another
/// The slowest that a device runs, against its rate, in thousandths.
inline constexpr std::uint32_t kSlowest = 960;

}  // namespace refwave::simulation
