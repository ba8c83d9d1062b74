// When, and on which processor, the next block should be done, so that a notifier can be awake in time
// (wake = predict). Audio threads write it, notifiers read it. A wrong forecast only shifts a wake-up.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

class Forecast {
 public:
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

  /// When the audio thread expects to finish its next block.
  struct Guess {
    std::int64_t ns = kNone;      // monotonic time at which a block is done
    std::uint32_t processor = 0;  // the last one on which that audio thread ran
  };

  /// Effects: publishes when the device with this epoch expects its next block to be done. Two devices may
  /// share a cell and overwrite each other's guess, which is harmless. Thread: audio.
  REFWAVE_AUDIO_THREAD void publish(std::uint32_t epoch, const Guess& guess) noexcept {
    const std::size_t cell = epoch % kCells;
    // Relaxed: no other data depends on a guess.
    processors_[cell].store(guess.processor, std::memory_order_relaxed);
    moments_[cell].store(guess.ns, std::memory_order_relaxed);
  }

  /// Returns: the earliest guess less than `grace_ns` in the past, else one with `ns` = kNone. Thread: any.
  Guess next(std::int64_t now_ns, std::int64_t grace_ns) const noexcept {
    Guess earliest;
    for (std::size_t cell = 0; cell < kCells; ++cell) {
      const std::int64_t ns = moments_[cell].load(std::memory_order_relaxed);
      if (ns <= now_ns - grace_ns || ns >= earliest.ns) continue;
      earliest = {.ns = ns, .processor = processors_[cell].load(std::memory_order_relaxed)};
    }
    return earliest;
  }

 private:
  static constexpr std::size_t kCells = 8;  // their times fill one cache line

  alignas(hal::kCacheLine) std::array<std::atomic<std::int64_t>, kCells> moments_{};
  std::array<std::atomic<std::uint32_t>, kCells> processors_{};
};

}  // namespace refwave::core
