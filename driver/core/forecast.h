// When the next block is expected to be done, so that a notifier can be awake by then (wake = predict). A
// guess: nothing depends on it but the time of a wake.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "driver/core/block_ring.h"
#include "dsp/audio_thread.h"

namespace refwave::core {

class Forecast {
 public:
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

  /// Effects: the device of that epoch expects its next block done at `monotonic_ns`. Two devices that share
  /// a cell spoil each other's guess, no more. Thread: audio.
  REFWAVE_AUDIO_THREAD void publish(std::uint32_t epoch, std::int64_t monotonic_ns) noexcept {
    cells_[epoch % kCells].store(monotonic_ns,
                                 std::memory_order_relaxed);  // a number for itself: orders nothing
  }

  /// Returns: the earliest guess that is not over by more than `grace_ns`; kNone without one. Thread: any.
  std::int64_t next(std::int64_t now_ns, std::int64_t grace_ns) const noexcept {
    std::int64_t earliest = kNone;
    for (const auto& cell : cells_) {
      const std::int64_t guess = cell.load(std::memory_order_relaxed);
      if (guess > now_ns - grace_ns) earliest = std::min(earliest, guess);
    }
    return earliest;
  }

 private:
  static constexpr std::size_t kCells = 8;  // one cache line

  alignas(kCacheLine) std::array<std::atomic<std::int64_t>, kCells> cells_{};
};

}  // namespace refwave::core
