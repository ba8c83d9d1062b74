// The position of a stream. The lock's owner publishes it once a period, and any thread reads it without a
// lock. It is a seqlock without fences: the fields are atomics, stored with release and loaded with acquire
// between two loads of the sequence, so who loads a newer field sees the newer sequence, and retries.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

/// One period of a stream on the client's side of the resampler. Frames since open or reset.
struct PositionSpan {
  std::uint32_t epoch = 0;  // counts resets and opens of the slot; modulo 2^16
  std::uint64_t begin = 0;  // at `monotonic_ns`
  std::uint64_t end = 0;    // when the period is over; nothing beyond it has been rendered
  std::uint64_t floor = 0;  // the end of the last finished block: a finished block has been played
  std::int64_t monotonic_ns = 0;
  float frames_per_ns = 0;  // 0: no time passes between periods (stepped, paused, dry)
};

/// On its own cache lines, so that streams do not slow each other down.
class alignas(hal::kCacheLine) PositionClock {
 public:
  /// Thread: the lock's owner.
  REFWAVE_AUDIO_THREAD void publish(const PositionSpan& span) noexcept;
  /// Effects: from now on no answer in this epoch is less than `floor`. Called before the header that ends
  /// there is flagged: who sees WHDR_DONE sees its frames counted. Thread: the lock's owner.
  REFWAVE_AUDIO_THREAD void raise_floor(std::uint64_t floor) noexcept;
  /// Returns: frames since open or reset at `now_ns`; within one epoch never less than an earlier answer, or
  /// than the end of the last finished block. Thread: any, lock-free. It retries during a publish(); if the
  /// publisher was preempted (perhaps by this thread) or is dead, it returns read_finished().
  std::uint64_t read(std::int64_t now_ns) noexcept;
  /// Returns: the end of the last finished block, or an earlier answer if that was greater. Thread: any; only
  /// other readers and the start of an epoch can make it retry.
  std::uint64_t read_finished() noexcept;
  /// Returns: the greatest answer that read() may give before the next publish(). Thread: any.
  std::uint64_t end() const noexcept { return end_.load(std::memory_order_relaxed); }
  /// Returns: the epoch last published, modulo 2^16. Thread: the lock's owner.
  REFWAVE_AUDIO_THREAD std::uint32_t epoch() const noexcept;

 private:
  std::optional<PositionSpan> load() const noexcept;
  std::uint64_t at_least_reported(std::uint32_t epoch, std::uint64_t frames) noexcept;

  std::atomic<std::uint32_t> sequence_{0};  // odd during publish(); written by the lock's owner
  std::atomic<std::uint64_t> begin_{0};
  std::atomic<std::uint64_t> end_{0};
  // The epoch modulo 2^16, then 48 bits of frames, in one word so that a reader gets a consistent pair.
  std::atomic<std::uint64_t> floor_{0};
  std::atomic<std::int64_t> monotonic_ns_{0};
  std::atomic<float> frames_per_ns_{0};
  // The greatest answer so far, with its epoch in the same layout. Readers raise it; each epoch resets it.
  std::atomic<std::uint64_t> reported_{0};
};

}  // namespace refwave::core
