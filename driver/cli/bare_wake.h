// The baseline for buffer-done latency: how long this machine takes to wake a sleeping thread with a bare
// semaphore. Runs beside what it is compared with, in the same seconds, so that both meet the same load and
// the same clock speed.
#pragma once

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <concurrentqueue/concurrentqueue.h>
// lightweightsemaphore.h wants concurrentqueue.h first.
#include <concurrentqueue/lightweightsemaphore.h>

namespace refwave::cli {

class BareWake {
 public:
  /// Effects: two threads; one signals the other every `interval`.
  explicit BareWake(std::chrono::nanoseconds interval);
  ~BareWake();
  BareWake(const BareWake&) = delete;
  BareWake& operator=(const BareWake&) = delete;

  /// Effects: ends both threads. Returns: from signal to running, in ns, sorted.
  std::vector<std::uint64_t> finish();

 private:
  void signal_steadily(std::chrono::nanoseconds interval);
  void take_times();

  moodycamel::LightweightSemaphore semaphore_{0, 0};  // 0: sleeps at once
  std::atomic<std::int64_t> signalled_ns_{0};
  std::atomic<bool> is_over_{false};
  std::vector<std::uint64_t> latencies_ns_;
  std::thread sleeper_;
  std::thread waker_;
};

/// Returns: the nearest-rank percentile of `sorted` (0 if it is empty); `rank` from 0 to 1.
std::uint64_t percentile(const std::vector<std::uint64_t>& sorted, double rank);

}  // namespace refwave::cli
