// How long a command has waited, for every patience in the commands. Time in which the program itself did not
// run (Ctrl-Z, SIGSTOP, a suspended machine) is no time that a device had. Any thread; one at a time.
#pragma once

#include <algorithm>
#include <chrono>

namespace refwave::cli {

class RunningTime {
 public:
  using Clock = std::chrono::steady_clock;

  /// The usual longest time between two looks, for a look every 50 ms or so.
  static constexpr std::chrono::milliseconds kLongestStep{250};

  /// `longest_step`: a longer time between two looks is a program that stood still. `now`: when it begins.
  explicit RunningTime(Clock::duration longest_step = kLongestStep, Clock::time_point now = Clock::now())
      : longest_step_(longest_step), looked_(now) {}

  /// Returns: the time since it began, of which no more than the longest step is between two calls. So call
  /// it at each look.
  Clock::duration so_far(Clock::time_point now = Clock::now()) {
    so_far_ += std::min(now - looked_, longest_step_);
    looked_ = now;
    return so_far_;
  }

 private:
  Clock::duration longest_step_;
  Clock::time_point looked_;
  Clock::duration so_far_{};
};

}  // namespace refwave::cli
