// Baseline: the time of a hand-over if the other side is awake and looks. One word in one cache line goes
// from core to core. No hand-over between cores is faster.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "bench/common/futex_wake.h"

namespace refwave::bench {

class SpinWake {
 public:
  /// Effects: starts a thread on `core`. It sleeps, except between begin() and the end of step(), so that
  /// it takes no time from a benchmark that is measured in turns with it.
  explicit SpinWake(int core);
  ~SpinWake();
  SpinWake(const SpinWake&) = delete;
  SpinWake& operator=(const SpinWake&) = delete;

  // As in FutexWake.
  /// Effects: waits until the thread spins.
  void begin();
  std::int64_t step() {
    wake();
    return finish().latency_ns;
  }
  void wake() noexcept;
  Wake finish() const noexcept;

 private:
  void spin_and_stamp(int core) noexcept;

  std::int64_t before_ns_ = 0;
  std::int64_t after_ns_ = 0;
  std::atomic<bool> stop_{false};
  alignas(64) std::atomic<std::uint32_t> ball_{0};    // wakes so far
  alignas(64) std::atomic<std::uint32_t> attend_{0};  // turns in which the thread spins; it sleeps on this
  alignas(64) std::atomic<std::uint32_t> spinning_{0};
  std::atomic<std::uint32_t> seen_{0};
  std::int64_t seen_ns_ = 0;
  std::thread thread_;
};

}  // namespace refwave::bench
