// Audio callbacks at the pace of a playing device, with a notifier asleep on the other core.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "bench/mixer/busy_streams.h"

namespace refwave::bench {

class Periods {
 public:
  /// Effects: starts the notifier on the far core. `streams`, `period_frames`: as BusyStreams'.
  Periods(std::size_t streams, std::uint32_t period_frames);
  ~Periods();
  Periods(const Periods&) = delete;
  Periods& operator=(const Periods&) = delete;

  /// Effects: sleeps until the next period begins. One system call.
  void wait() noexcept;
  /// Effects: the audio callback, which wakes the notifier at its end.
  void render() noexcept { streams_.render(); }

  /// Returns: blocks whose streams were notified.
  std::uint64_t answered() const noexcept { return answered_.load(std::memory_order_relaxed); }

 private:
  void notify();

  BusyStreams streams_;
  const std::int64_t period_ns_;
  std::int64_t next_ns_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> answered_{0};
  std::thread notifier_;
};

}  // namespace refwave::bench
