// Baseline: the bare time to wake a sleeping thread: one word, one FUTEX_WAKE, one FUTEX_WAIT. Every wake-up
// of a thread on Linux does at least this.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "bench/benchmarks/common/machine.h"

namespace refwave::bench {

/// One wake-up. `latency_ns`: from just before the call to the woken thread's first instruction. `waker_ns`:
/// the time that the waker spent on it.
struct Wake {
  std::int64_t latency_ns = 0;
  std::int64_t waker_ns = 0;
};

class FutexWake {
 public:
  /// Effects: starts a thread on `core` that sleeps between wake-ups. `rest`: how long the thread sleeps
  /// before it is woken, so that its core is idle by then.
  FutexWake(int core, Priority priority, std::chrono::nanoseconds rest = std::chrono::milliseconds(1));
  ~FutexWake();

  /// Returns: whether the requested priority was granted.
  bool granted() const noexcept { return granted_; }

  // --- one thread at a time calls these, in this order ---

  /// Effects: sleeps until the thread has slept for `rest`.
  void begin();
  /// Effects: wakes the thread without waiting. For an audio thread.
  void wake() noexcept;
  /// Effects: spins until the woken thread has taken its stamp. Returns: the wake-up's times.
  Wake finish() const noexcept;

 private:
  void sleep_and_stamp(int core, Priority priority) noexcept;

  const std::chrono::nanoseconds rest_;
  bool granted_ = false;
  std::int64_t before_ns_ = 0;  // the waker's
  std::int64_t after_ns_ = 0;
  std::atomic<bool> stop_{false};
  alignas(64) std::atomic<std::uint32_t> word_{0};    // wakes so far; what the futex compares
  alignas(64) std::atomic<std::uint32_t> asleep_{0};  // the wakes before the sleep that has begun, plus one
  std::atomic<std::uint32_t> woken_{0};               // wakes that have been stamped
  std::int64_t woken_ns_ = 0;                         // the newest stamp; written before woken_
  std::thread thread_;
};

}  // namespace refwave::bench
