// How late this system wakes an ordinary thread after a sleep of a millisecond. The sleep is the one that the
// driver's own threads use. Main thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "hal/system/realtime.h"

namespace refwave::doctor {

/// Returns: how late a sleep ends, in ns: the median of a hundred sleeps.
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

/// The load of the processors is measured for so long, at least.
inline constexpr std::chrono::milliseconds kBusyWindow{300};

}  // namespace refwave::doctor
