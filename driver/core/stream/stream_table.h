// All streams, the ready set and the waker: the memory that audio threads and notifiers share. As old as the
// driver, and kept alive by every open device, so that a late callback of a dead device finds it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "driver/core/handover/forecast.h"
#include "driver/core/handover/ready_set.h"
#include "driver/core/stream/stream.h"
#include "driver/core/trace/trace.h"

namespace refwave::core {

struct StreamTable {
  StreamTable() noexcept {
    for (std::size_t i = 0; i < streams.size(); ++i)
      streams[i].trace = {.trace = &trace, .slot = static_cast<std::uint16_t>(i)};
  }

  std::array<Stream, kSlots> streams;
  ReadySet ready;
  /// Streams that an audio thread has marked to deliver itself (completion = direct), and that nobody has
  /// claimed yet. Protocol: tests/models/direct_completion.pml.
  ReadySet owed;
  Waker waker;
  Forecast forecast;
  Trace trace;

  /// Effects: claims the stream's messages, if no thread has claimed them yet. Returns: whether the caller
  /// has them.
  bool claim(std::size_t index) noexcept { return owed.claim(index) || ready.claim(index); }
  /// Effects: a notifier delivers the stream's messages. Thread: the messages' owner.
  void hand_to_notifier(std::size_t index) noexcept {
    ready.set(index);
    waker.wake_one();
  }

  // --- which streams are in use; control threads ---

  /// Effects: takes a stream that no thread uses any more: its seat is free and no message is pending. Among
  /// several, the first with the least `rounds(index)`. Returns: null if there is none.
  template <typename Rounds>
  Stream* take_free(Rounds rounds) {
    const std::lock_guard lock(mutex_);
    Stream* best = nullptr;
    for (Stream& stream : streams) {
      // Acquire: pairs with the release by which the count last became zero.
      if (stream.taken || stream.pending.load(std::memory_order_acquire) != 0) continue;
      if (stream.seat.load(std::memory_order_relaxed) != Seat::vacant) continue;
      if (best == nullptr || rounds(stream.index()) < rounds(best->index())) best = &stream;
    }
    if (best != nullptr) best->taken = true;
    return best;
  }
  /// Effects: the stream may be taken again.
  void give_back(Stream& stream) {
    const std::lock_guard lock(mutex_);
    stream.taken = false;
  }
  /// Returns: streams in use, and the closed ones whose callback has not returned.
  std::size_t threads_needed() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(streams, [](const Stream& stream) {
      return stream.taken || stream.pending.load(std::memory_order_relaxed) != 0;
    }));
  }
  /// Returns: whether a stream is open, or is being opened or closed.
  bool in_use() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(streams, &Stream::taken);
  }

 private:
  mutable std::mutex mutex_;  // guards `taken` of every stream
};

/// The streams that one engine serves: bits set and cleared by control threads, read by its audio threads.
class Roster {
 public:
  void add(std::size_t index) noexcept {
    // Release: pairs with word(). The seat guards the rest.
    words_[index / 64].fetch_or(bit(index), std::memory_order_release);
  }
  void remove(std::size_t index) noexcept {
    words_[index / 64].fetch_and(~bit(index), std::memory_order_relaxed);
  }
  REFWAVE_AUDIO_THREAD std::uint64_t word(std::size_t i) const noexcept {
    // Pairs with add().
    return words_[i].load(std::memory_order_acquire);
  }
  static constexpr std::size_t kWords = kSlots / 64;

 private:
  static constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << (index % 64); }

  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace refwave::core
