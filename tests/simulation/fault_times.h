// When faults came in this schedule, and how long the periods of its devices were. Each fault may delay a
// header by half a second. A header that ends within a period is done with it, so long periods make some
// headers early and some late.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/simulation/simulation.h"

namespace refwave::simulation {

class FaultTimes {
 public:
  void clear() {
    times_.clear();
    periods_.clear();
  }
  /// Effects: notes a fault that lasts for so long from now on.
  void note(std::int64_t lasts_ns = 0) {
    const TestCode test;
    times_.push_back(now_ns() + lasts_ns);
  }
  std::size_t since(std::int64_t begin_ns) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(times_, [&](std::int64_t time_ns) { return time_ns >= begin_ns; }));
  }

  void note_period(std::int64_t length_ns) {
    const TestCode test;
    while (!periods_.empty() && periods_.back().length_ns <= length_ns) periods_.pop_back();
    periods_.push_back({now_ns(), length_ns});
  }
  std::int64_t longest_period_since(std::int64_t begin_ns) const {
    const auto longest = std::ranges::lower_bound(periods_, begin_ns, {}, &Period::time_ns);
    return longest == periods_.end() ? 0 : longest->length_ns;
  }

 private:
  struct Period {
    std::int64_t time_ns;
    std::int64_t length_ns;
  };

  std::vector<std::int64_t> times_;  // when each fault ended
  std::vector<Period> periods_;      // those that no later one was longer than
};

inline FaultTimes& fault_times() {
  static FaultTimes times;
  return times;
}

}  // namespace refwave::simulation
