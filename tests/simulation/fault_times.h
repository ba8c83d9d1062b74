// When faults came in this schedule. The promise of half a second is for one fault: where several come upon
// one header, each may take its half second.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/simulation/simulation.h"

namespace refwave::simulation {

class FaultTimes {
 public:
  void clear() { times_.clear(); }
  void note() {
    const TestCode test;
    times_.push_back(now_ns());
  }
  std::size_t since(std::int64_t begin_ns) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(times_, [&](std::int64_t time_ns) { return time_ns >= begin_ns; }));
  }

 private:
  std::vector<std::int64_t> times_;
};

inline FaultTimes& fault_times() {
  static FaultTimes times;
  return times;
}

}  // namespace refwave::simulation
