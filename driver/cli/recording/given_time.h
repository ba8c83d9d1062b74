// Compares the sound that a recording device gives with the time that passes, because a device, or a program,
// that stands still for a while gives less. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace refwave::cli {

class GivenTime {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `tolerance`: what may be missing in three seconds without being counted.
  GivenTime(std::uint32_t rate, std::chrono::milliseconds tolerance) : rate_(rate), tolerance_(tolerance) {}

  /// Effects: notes that the device has given so many frames in all, at that moment.
  void note(std::uint64_t frames, Time time);
  /// Effects: notes that the program runs. Call it ten times a second at least.
  void tick(Time now);
  /// Returns: how much less than the time that passed the device has given.
  double missing_seconds() const;
  /// Returns: whether the program stood still meanwhile: Ctrl-Z, SIGSTOP, a suspended machine.
  bool was_stopped() const { return was_stopped_; }

 private:
  using Span = std::chrono::nanoseconds;
  struct Look {
    Time time;
    Span delay;  // of the sound behind the clock
  };

  Span least_delay() const;
  Span missing_at(Span delay) const;

  /// Longer than any sound server's pauses, and so short that two clocks hardly differ in it. Sound may come
  /// late, but never early, so the least delay in it is the true one.
  static constexpr std::chrono::seconds kWindow{3};
  static constexpr std::chrono::milliseconds kStopped{500};

  std::uint32_t rate_;
  Span tolerance_;
  std::deque<Look> looks_;  // of the last window, and after the last stop
  Time begun_{};
  Time window_end_{};
  Span usual_delay_{};  // of the window before
  Span missing_{};      // up to there
  Time running_{};      // when the program was last seen to run
  Time resumed_{};
  bool was_stopped_ = false;
};

}  // namespace refwave::cli
