// The promise that every header is done within half a second of when it was due, whatever the device does;
// and how much of a measured delay is the machine's, which may let a thread wait for the processor.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "hal/system/clock.h"
#include "tests/stream/room.h"

namespace refwave::test {

/// Measures from its construction on, which is when the first header is written.
class InTime {
 public:
  InTime() : begun_ns_(hal::monotonic_now_ns()), napper_([this] { nap(); }) {}
  ~InTime() {
    ending_ = true;
    napper_.join();
  }
  InTime(const InTime&) = delete;
  InTime& operator=(const InTime&) = delete;

  testing::AssertionResult kept(const Client& client) const {
    const std::int64_t late_ms = lateness_ns(client) / kMs;
    // Housekeeper, device thread, audio thread and notifier wait for the processor in turn.
    const std::int64_t machine_ms = 4 * worst_wait_ns_.load() / kMs;
    if (late_ms < kPromiseMs + machine_ms) return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << late_ms << " ms late, of which " << machine_ms << " ms may be the machine's";
  }

 private:
  static constexpr std::int64_t kMs = 1'000'000;
  static constexpr std::int64_t kPromiseMs = 500;

  /// Returns: the latest of all headers against its time, if the first frame was heard when it was written.
  std::int64_t lateness_ns(const Client& client) const {
    std::int64_t due_ns = begun_ns_;
    std::int64_t worst_ns = 0;
    for (const auto& one : client.sent) {
      due_ns += std::int64_t{one.header.length} / 4 * 1'000'000'000 / 48'000;
      worst_ns = std::max(worst_ns, one.done_ns - due_ns);
    }
    return worst_ns;
  }
  void nap() {
    while (!ending_) {
      const std::int64_t before_ns = hal::monotonic_now_ns();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      worst_wait_ns_ = std::max(worst_wait_ns_.load(), hal::monotonic_now_ns() - before_ns - kMs);
    }
  }

  const std::int64_t begun_ns_;
  std::atomic<std::int64_t> worst_wait_ns_{0};
  std::atomic<bool> ending_{false};
  std::thread napper_;
};

}  // namespace refwave::test
