// Who may call a stream's client, and whether its place in the table is free: one word of four bits. It has
// no count: the messages are between the ring's cursors, and a bit that is set once too often costs a look
// and nothing else. Any thread. The protocol is tests/models/delivery.pml; driver/README.md has it as one
// table.
#pragma once

#include <atomic>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "hal/system/threads.h"

namespace refwave::core {

/// A thread that holds the word is its owner: it alone takes messages, and calls the client.
class DeliveryState {
 public:
  // --- who releases blocks ---

  /// Effects: there are messages. The cursor has moved before. Returns: whether nobody holds the word, so
  /// that the caller has to set a ready bit, or to hold it. True also if a ready bit was due before: whose it
  /// was may have died.
  REFWAVE_AUDIO_THREAD bool post() noexcept {
    // Release: pairs with hold() and release(). The owner sees the cursor and the lists.
    return (word_.fetch_or(kMore, std::memory_order_release) & kHeld) == 0;
  }

  // --- the owner ---

  /// Returns: true for the one caller that holds the word from now on; false while another thread does, and
  /// if no callback may begin.
  REFWAVE_AUDIO_THREAD bool hold() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & (kUsed | kHeld | kShut)) != kUsed) return false;
      // Acquire: pairs with post(), and with the release() of the last owner.
    } while (!word_.compare_exchange_weak(word, (word | kHeld) & ~kMore, std::memory_order_acquire,
                                          std::memory_order_relaxed));
    return true;
  }
  /// Returns: whether no callback may begin, because the callback that has just returned has closed the
  /// stream, or a closer has not waited for it. The owner then calls leave(), and touches nothing of the
  /// stream afterwards. It looks when it has taken a message, and again when the client has returned.
  REFWAVE_AUDIO_THREAD bool is_shut() const noexcept {
    // Relaxed: give_up() has this thread pass a fence. After it SHUT is seen here; before it, the closer sees
    // what was stored before the look. The compiler keeps them in this order.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return (word_.load(std::memory_order_relaxed) & kShut) != 0;
  }
  /// Effects: the owner has found nothing more, and holds the word no longer, unless there was a post().
  /// Returns: whether there was; then it still holds the word, and looks again.
  REFWAVE_AUDIO_THREAD bool release() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((word & kShut) != 0) {
        leave();
        return false;
      }
      const bool again = (word & kMore) != 0;
      // Acquire: pairs with post(). Release: the next owner, or the next stream, sees what this one did.
      if (word_.compare_exchange_weak(word, again ? word & ~kMore : word & ~kHeld, std::memory_order_acq_rel,
                                      std::memory_order_relaxed))
        return again;
    }
  }
  /// Effects: the owner leaves the rest to a notifier. `left`: it knows of messages. Returns: whether a ready
  /// bit is due.
  enum class Left : std::uint8_t { nothing_known, messages };
  REFWAVE_AUDIO_THREAD bool hand_back(Left left) noexcept {
    if (left == Left::messages) word_.fetch_or(kMore, std::memory_order_relaxed);
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((word & kShut) != 0) {
        leave();
        return false;
      }
      // Release: pairs with hold(). MORE stays, so that a ready bit without an owner is never without it.
      if (word_.compare_exchange_weak(word, word & ~kHeld, std::memory_order_release,
                                      std::memory_order_relaxed))
        return (word & kMore) != 0;
    }
  }
  /// Effects: the owner's last step in a stream that is closed. Its place is free afterwards, unless the
  /// closer is still at work.
  REFWAVE_AUDIO_THREAD void leave() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    std::uint32_t left = 0;
    do {
      left = (word & kUsed) != 0 ? word & ~kHeld : 0;
      // Release: pairs with claim(), and with a closer that waits in is_held().
    } while (!word_.compare_exchange_weak(word, left, std::memory_order_release, std::memory_order_relaxed));
  }

  // --- open and close, on control threads ---

  /// Returns: whether no stream and no thread is here.
  bool is_free() const noexcept { return (word_.load(std::memory_order_relaxed) & kInPlace) == 0; }
  /// Returns: whether a stream is here: open, being opened, or being closed.
  bool is_used() const noexcept { return (word_.load(std::memory_order_relaxed) & kUsed) != 0; }

  /// Effects: a stream begins in a free place, and no callback before publish(). Returns: false if the place
  /// is not free.
  bool claim() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & kInPlace) != 0) return false;
      // Acquire: pairs with finish() and leave(). Nobody uses the last stream any more.
    } while (!word_.compare_exchange_weak(word, kUsed | kShut, std::memory_order_acquire,
                                          std::memory_order_relaxed));
    return true;
  }
  /// Effects: callbacks may begin. Every member of the stream has its value. A post of a late thread of the
  /// last stream is forgotten.
  void publish() noexcept {
    // Release: pairs with hold().
    word_.fetch_and(~(kShut | kMore), std::memory_order_release);
  }

  /// Effects: a closer waits no longer. No callback begins from here on, unless the caller holds the word.
  /// Returns: whether it does after all. Otherwise the owner is inside the client, or between two callbacks
  /// and about to leave.
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
  /// Returns: whether messages wait for an owner.
  bool is_waiting() const noexcept {
    return (word_.load(std::memory_order_relaxed) & (kMore | kHeld)) == kMore;
  }
  /// Returns: whether messages of an open stream wait, or are being delivered. Acquire: pairs with release().
  bool is_busy() const noexcept {
    const std::uint32_t word = word_.load(std::memory_order_acquire);
    return (word & kHeld) != 0 || (word & (kUsed | kMore)) == (kUsed | kMore);
  }

  /// Effects: the stream is closed inside its own callback, whose thread holds the word. That thread leaves
  /// when the callback has returned.
  void close_in_call() noexcept {
    // Relaxed: this thread itself is the next to look, and its leave() releases.
    word_.store(kHeld | kShut, std::memory_order_relaxed);
  }
  /// Effects: the closer's last step. The place is free, or will be when the owner leaves.
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
