// The baseline for buffer-done latency: how long this machine takes to wake a sleeping thread by a bare
// semaphore. It runs during the measurement, under the same load and clock speed, from a thread of the audio
// thread's priority to one of the notifiers' priority, because the system chooses a woken thread's processor
// by priority.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "hal/system/mutex.h"
#include "hal/system/semaphore.h"

namespace refwave::measure {

struct Series;

class BareWake {
 public:
  /// One signal, on the monotonic clock. Each signal has its own stamps, so a late wake-up hides no later
  /// one, and nothing needs correction.
  struct Wake {
    std::int64_t signalled_ns;
    std::int64_t running_ns;
    std::int64_t cost_ns;  // of the signal before it, for the thread that gave it; 0 of the first
  };

  /// When the signals come: at the end of each interval, or once in each interval at a varying place. At a
  /// fixed distance from the driver's own wake-ups they would always find the processors equally deep asleep.
  enum class Phase : std::uint8_t { even, spread };

  /// Effects: starts two threads; one signals the other once in each `interval`. The sleeper calls
  /// `at_start` first, where it may take another priority.
  BareWake(std::chrono::nanoseconds interval, Phase phase, std::function<void()> at_start = {});
  ~BareWake();

  /// Returns: the wakes since the last call, in order. Thread: any.
  std::vector<Wake> take();
  /// Effects: the same, as samples of a measurement that began at that time.
  void take(Series& series, std::int64_t began_ns);
  /// Effects: ends both threads. The remaining wakes can still be taken.
  void finish();

 private:
  void signal_steadily(std::chrono::nanoseconds interval, Phase phase);
  /// Effects: sleeps in short parts, so that finish() need not wait for the end of a long interval.
  void sleep_until(std::chrono::steady_clock::time_point time) const;
  void take_times();

  moodycamel::LightweightSemaphore semaphore_{0, 0};             // 0: does not spin first
  static constexpr std::size_t kKept = 1024;                     // far more than the sleeper can fall behind
  std::array<std::atomic<std::int64_t>, kKept> signalled_ns_{};  // the newest
  std::array<std::atomic<std::int64_t>, kKept> costs_ns_{};
  std::atomic<bool> is_over_{false};
  hal::Mutex mutex_;
  std::vector<Wake> wakes_ GUARDED_BY(mutex_);
  std::thread sleeper_;
  std::thread waker_;
};

}  // namespace refwave::measure
