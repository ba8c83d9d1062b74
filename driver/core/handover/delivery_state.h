// Decides who may call a stream's client, and whether its slot is free: one word of four bits. It counts
// nothing: the messages lie between the ring's cursors, and a needless bit only costs one check. Any thread.
// The protocol is tests/models/delivery.pml; driver/README.md shows it as a table.
#pragma once

#include <atomic>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "hal/system/threads.h"

namespace refwave::core {

/// The thread that holds the word is the owner: only it takes messages and calls the client.
class DeliveryState {
 public:
  // --- the thread that releases blocks ---

  /// Effects: records that there are messages. Call it after the cursor has moved. Returns: whether the word
  /// is free; the caller must then set a ready bit or hold the word, even if a ready bit was already due,
  /// because the thread that owed it may have died.
  REFWAVE_AUDIO_THREAD bool post() noexcept {
    // Release: pairs with hold() and release(). The owner sees the cursor and the lists.
    return (word_.fetch_or(kMore, std::memory_order_release) & kHeld) == 0;
  }

  // --- the owner ---

  /// Returns: whether the caller now holds the word; not if another thread does, or no callback may begin.
  REFWAVE_AUDIO_THREAD bool hold() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & (kUsed | kHeld | kShut)) != kUsed) return false;
      // Acquire: pairs with post(), and with the release() of the last owner.
    } while (!word_.compare_exchange_weak(word, (word | kHeld) & ~kMore, std::memory_order_acquire,
                                          std::memory_order_relaxed));
    return true;
  }
  /// Returns: whether no callback may begin, because the last callback closed the stream, or a closer gave
  /// up waiting for it. The owner then calls leave() and must not touch the stream again. It checks after it
  /// has taken a message, and again when the client returns.
  REFWAVE_AUDIO_THREAD bool is_shut() const noexcept {
    // Relaxed: give_up() makes this thread pass a fence. A load after the fence sees SHUT; if the load came
    // before it, the closer sees what this thread stored earlier. The signal fence stops the compiler.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return (word_.load(std::memory_order_relaxed) & kShut) != 0;
  }
  /// Effects: the owner, which has found nothing more, releases the word, unless there was a post().
  /// Returns: whether there was; the owner then still holds the word and must check again.
  REFWAVE_AUDIO_THREAD bool release() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((word & kShut) != 0) {
        leave();
        return false;
      }
      const bool again = (word & kMore) != 0;
      // Acquire: post(). Release: pairs with the next owner's hold(), or the next stream's claim().
      if (word_.compare_exchange_weak(word, again ? word & ~kMore : word & ~kHeld, std::memory_order_acq_rel,
                                      std::memory_order_relaxed))
        return again;
    }
  }
  /// Effects: the owner leaves what is `left` to a notifier. Returns: whether it must set a ready bit.
  enum class Left : std::uint8_t { nothing_known, messages };
  REFWAVE_AUDIO_THREAD bool hand_back(Left left) noexcept {
    if (left == Left::messages) word_.fetch_or(kMore, std::memory_order_relaxed);
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((word & kShut) != 0) {
        leave();
        return false;
      }
      // Release: pairs with hold(). MORE stays set, so that it is set whenever a ready bit is due.
      if (word_.compare_exchange_weak(word, word & ~kHeld, std::memory_order_release,
                                      std::memory_order_relaxed))
        return (word & kMore) != 0;
    }
  }
  /// Effects: the owner's last step in a closed stream. Frees the slot, unless the closer is still at work.
  REFWAVE_AUDIO_THREAD void leave() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    std::uint32_t left = 0;
    do {
      left = (word & kUsed) != 0 ? word & ~kHeld : 0;
      // Release: pairs with claim(), and with a closer that polls is_held().
    } while (!word_.compare_exchange_weak(word, left, std::memory_order_release, std::memory_order_relaxed));
  }

  // --- open and close, on control threads ---

  /// Returns: whether the slot has no stream, and no thread is working on it.
  bool is_free() const noexcept { return (word_.load(std::memory_order_relaxed) & kInPlace) == 0; }
  /// Returns: whether the slot has a stream: open, being opened, or being closed.
  bool is_used() const noexcept { return (word_.load(std::memory_order_relaxed) & kUsed) != 0; }

  /// Effects: takes a free slot; no callback begins before publish(). Returns: whether the slot was free.
  bool claim() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & kInPlace) != 0) return false;
      // Acquire: pairs with finish() and leave(). No thread uses the previous stream any more.
    } while (!word_.compare_exchange_weak(word, kUsed | kShut, std::memory_order_acquire,
                                          std::memory_order_relaxed));
    return true;
  }
  /// Effects: allows callbacks, when all is initialised. Drops a late post() for the previous stream.
  void publish() noexcept {
    // Release: pairs with hold().
    word_.fetch_and(~(kShut | kMore), std::memory_order_release);
  }

  /// Effects: the closer stops waiting for the owner. If the word is free, the closer takes it; otherwise no
  /// further callback begins. Returns: whether the closer now holds the word. If not, the owner is inside
  /// the client, or about to leave between two callbacks.
  bool give_up() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    bool held = false;
    do {
      held = (word & kHeld) != 0;
      // Acquire: pairs with release().
    } while (!word_.compare_exchange_weak(word, held ? word | kShut : (word | kHeld) & ~kMore,
                                          std::memory_order_acquire, std::memory_order_relaxed));
    if (held) hal::fence_all_threads();
    return !held;
  }
  /// Returns: whether a thread holds the word. Acquire: pairs with leave(), and with release().
  bool is_held() const noexcept { return (word_.load(std::memory_order_acquire) & kHeld) != 0; }
  /// Returns: whether messages are waiting and no thread holds the word.
  bool is_waiting() const noexcept {
    return (word_.load(std::memory_order_relaxed) & (kMore | kHeld)) == kMore;
  }
  /// Returns: whether an open stream's messages wait or are being delivered. Acquire: pairs with release().
  bool is_busy() const noexcept {
    const std::uint32_t word = word_.load(std::memory_order_acquire);
    return (word & kHeld) != 0 || (word & (kUsed | kMore)) == (kUsed | kMore);
  }

  /// Effects: closes the stream inside its own callback. Its thread, the owner, leaves when that returns.
  void close_in_call() noexcept {
    // Relaxed: this thread itself makes the next check, and its leave() is a release.
    word_.store(kHeld | kShut, std::memory_order_relaxed);
  }
  /// Effects: the closer's last step. Frees the slot, or lets the owner free it when it leaves.
  enum class Closer : std::uint8_t { holds, gave_up };
  void finish(Closer closer) noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    std::uint32_t left = 0;
    do {
      const bool waits = closer == Closer::gave_up && (word & kHeld) != 0;
      left = waits ? word & ~(kUsed | kMore) : 0;
      // Release: pairs with claim().
    } while (!word_.compare_exchange_weak(word, left, std::memory_order_release, std::memory_order_relaxed));
  }

 private:
  static constexpr std::uint32_t kUsed = 1;  // a stream is here
  static constexpr std::uint32_t kMore = 2;  // blocks were released since a thread last held the word
  static constexpr std::uint32_t kHeld = 4;  // one thread delivers
  static constexpr std::uint32_t kShut = 8;  // no callback may begin
  static constexpr std::uint32_t kInPlace = kUsed | kHeld | kShut;

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace refwave::core
