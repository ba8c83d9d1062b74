// How late this system wakes a thread that sleeps for a millisecond. Main thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <thread>

namespace refwave::doctor {

/// Returns: the median of a hundred sleeps, in ns beyond the millisecond.
inline std::uint64_t lateness_of_sleeps() {
  using namespace std::chrono;
  std::array<std::int64_t, 100> late_ns{};
  for (std::int64_t& late : late_ns) {
    const auto until = steady_clock::now() + 1ms;
    std::this_thread::sleep_until(until);
    late = duration_cast<nanoseconds>(steady_clock::now() - until).count();
  }
  std::ranges::nth_element(late_ns, late_ns.begin() + late_ns.size() / 2);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(late_ns[late_ns.size() / 2], 0));
}

/// A share of the processors' time is told for that long, at least.
inline constexpr std::chrono::milliseconds kBusyWindow{300};

}  // namespace refwave::doctor
