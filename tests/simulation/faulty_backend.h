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
  std::uint64_t lasts = 0;   // callbacks that a device makes at least before it is lost or silent
  bool has_input = false;    // else the clocked device records
  bool scripted = false;     // instead of the dice: lost soon, refuses twice, comes back
  bool healthy = false;      // no faults from now on, and none that goes on
  // While the device is away, open devices are lost and no open succeeds, healthy or not.
  std::int64_t away_from_ns = kNever;
  std::int64_t back_at_ns = kNever;

  bool is_away() const noexcept { return now_ns() >= away_from_ns && now_ns() < back_at_ns; }
};

/// What the schedule's devices did, for the table of what was tried.
struct DeviceCounts {
  std::uint64_t opens = 0;
  std::uint64_t refusals = 0;  // of an open or a start
  std::uint64_t hangs = 0;     // in an open, a start or a stop
  std::uint64_t losses = 0;
  std::uint64_t silences = 0;  // never called, or called no longer
  std::uint64_t paces[static_cast<std::size_t>(Pace::count)]{};
};

DeviceFaults& device_faults();
DeviceCounts& device_counts();

inline constexpr std::uint32_t kDeviceRate = 48'000;  // unless the driver asks for another
/// The slowest that a device runs, against its rate, in thousandths.
inline constexpr std::uint32_t kSlowest = 960;

}  // namespace refwave::simulation
