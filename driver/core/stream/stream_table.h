// All streams, the ready set and the waker, for audio threads and notifiers. Open devices keep it alive.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "driver/core/handover/forecast.h"
#include "driver/core/handover/ready_set.h"
#include "driver/core/stream/stream.h"
#include "driver/core/trace/trace.h"

namespace refwave::core {

struct StreamTable {
  /// Throws std::bad_alloc.
  StreamTable() {
    for (std::size_t i = 0; i < streams.size(); ++i) {
      streams[i].trace = {.trace = &trace, .slot = static_cast<std::uint16_t>(i)};
      streams[i].gaps = &gaps;
    }
  }

  std::array<Stream, kSlots> streams;
  ReadySet ready;
  Waker waker;
  Forecast forecast;
  Trace trace;
  /// Gaps that are over. Any thread → the publisher.
  EventRing<Gap> gaps{512};  // all streams may run dry in one period
  /// Whether the process's exit waits for its last sound: then no callback begins. Relaxed.
  std::atomic<bool> draining{false};
  /// Whether a client has ended an audio thread. Each one stays until the program ends, so notifiers then
  /// call all clients. Audio thread → audio threads; relaxed: one that calls now may be lost.
  std::atomic<bool> ends_threads{false};

  /// Thread: any.
  REFWAVE_AUDIO_THREAD void hand_to_notifier(std::size_t index) noexcept {
    ready.set(index);
    waker.wake_one();
  }

  // --- which streams are in use; control threads ---

  /// Returns: a free stream, the first with the least `rounds(index)`; null if there is none.
  template <typename Rounds>
  Stream* take_free(Rounds rounds) {
    for (;;) {
      Stream* best = nullptr;
      for (Stream& stream : streams) {
        if (!stream.delivery.is_free()) continue;
        if (best == nullptr || rounds(stream.index()) < rounds(best->index())) best = &stream;
      }
      // Another open may have taken it.
      if (best == nullptr || best->delivery.claim()) return best;
    }
  }
  /// Returns: streams in use, including closed ones whose callback has not returned.
  std::size_t threads_needed() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(streams, [](const Stream& stream) { return !stream.delivery.is_free(); }));
  }
  bool in_use() const {
    return std::ranges::any_of(streams, [](const Stream& stream) { return stream.delivery.is_used(); });
  }
};

/// The streams of an engine, set by control threads, read by its audio threads.
class MembershipMask {
 public:
  void add(std::size_t index) noexcept {
    // Release: pairs with word(). The stream's lock guards the rest.
    words_[index / 64].fetch_or(bit(index), std::memory_order_release);
  }
  void remove(std::size_t index) noexcept {
    words_[index / 64].fetch_and(~bit(index), std::memory_order_relaxed);
  }
  REFWAVE_AUDIO_THREAD std::uint64_t word(std::size_t i) const noexcept {
    // Acquire: pairs with add().
    return words_[i].load(std::memory_order_acquire);
  }
  bool has(std::size_t index) const noexcept { return (word(index / 64) & bit(index)) != 0; }
  static constexpr std::size_t kWords = kSlots / 64;

 private:
  static constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << (index % 64); }

  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace refwave::core
