// Elapsed time for timeouts, without the time in which the program was stopped (Ctrl-Z, SIGSTOP, a suspended
// machine). One thread at a time.
#pragma once

#include <algorithm>
#include <chrono>

namespace refwave::cli {

class RunningTime {
 public:
  using Clock = std::chrono::steady_clock;

  /// For a caller that polls every 50 ms or so.
  static constexpr std::chrono::milliseconds kLongestStep{250};

  /// `longest_step`: a longer time between two calls means that the program was stopped.
  explicit RunningTime(Clock::duration longest_step = kLongestStep, Clock::time_point now = Clock::now())
      : longest_step_(longest_step), looked_(now) {}

  /// Returns: the elapsed time, in which no step between two calls counts for more than the longest step.
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
