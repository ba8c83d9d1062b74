// How late this system wakes an ordinary thread that sleeps for a millisecond as the driver's threads do.
// Main thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "hal/system/realtime.h"

namespace refwave::doctor {

/// Returns: the median of a hundred sleeps, in ns beyond the millisecond.
inline std::uint64_t lateness_of_sleeps() {
  constexpr std::int64_t kSleepNs = 1'000'000;
  std::array<std::int64_t, 100> late_ns{};
  for (std::int64_t& late : late_ns) {
    const std::int64_t until_ns = hal::monotonic_now_ns() + kSleepNs;
    hal::sleep_until_ns(until_ns);
    late = hal::monotonic_now_ns() - until_ns;
  }
  const auto median = late_ns.begin() + late_ns.size() / 2;
  std::ranges::nth_element(late_ns, median);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(*median, 0));
}

/// A share of the processors' time is told for that long, at least.
inline constexpr std::chrono::milliseconds kBusyWindow{300};

}  // namespace refwave::doctor
