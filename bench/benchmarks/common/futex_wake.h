// Baselines: what it takes at least to make another thread run: one word, one FUTEX_WAKE, one FUTEX_WAIT, as
// every wake-up of a thread on Linux does; or a word at which the other thread looks without pause.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "bench/benchmarks/common/machine.h"

namespace refwave::bench {

/// `latency_ns`: from just before the call to the woken thread's first instruction. `waker_ns`: the time that
/// the waker spent on it.
struct Wake {
  std::int64_t latency_ns = 0;
  std::int64_t waker_ns = 0;
};

enum class Waiting { asleep, spinning };

class FutexWake {
 public:
  /// Effects: starts a thread on `core`. `spinning`: it sleeps, too, but for a moment before the wake-up.
  FutexWake(int core, Priority priority, Waiting waiting);
  ~FutexWake();

  /// Returns: whether the requested priority was granted.
  bool granted() const noexcept { return granted_; }
  /// Effects: lets the thread sleep for `rest`, so that its core is idle, and wakes it. Returns: the times.
  Wake wake(std::chrono::nanoseconds rest);

 private:
  void wait_and_stamp(int core, Priority priority) noexcept;

  const Waiting waiting_;
  bool granted_ = false;
  std::atomic<bool> stop_{false};
  alignas(64) std::atomic<std::uint32_t> called_{
      0};  // wakes that are about to come: the futex's word if spinning
  alignas(64) std::atomic<std::uint32_t> word_{0};   // wakes so far: the futex's word if asleep
  alignas(64) std::atomic<std::uint32_t> ready_{0};  // the wakes before the wait that has begun, plus one
  std::atomic<std::uint32_t> woken_{0};              // wakes that have been stamped
  std::int64_t woken_ns_ = 0;                        // the newest stamp; written before woken_
  std::thread thread_;
};

}  // namespace refwave::bench
