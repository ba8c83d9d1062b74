// A lock that the audio thread only tries, and that is never taken from a living thread by mistake: it counts
// acquisitions. A thread leaves only the acquisition that it made itself. A control thread that finds the
// same acquisition for longer than its patience seizes the lock (core::AudioSection). The thread that was
// inside may wake up: it finds its acquisition gone, and leaves what the lock guards alone. The protocol is
// tests/models/audio_state.pml.
#pragma once

#include <atomic>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

class RtLock {
 public:
  /// One acquisition. 0 is none.
  using Token = std::uint64_t;

  /// Effects: raises the number of control threads that want the lock, for the length of a scope. The audio
  /// thread makes way for them.
  class Waiter {
   public:
    // Relaxed, both: they only ask. The exchanges decide.
    explicit Waiter(RtLock& lock) noexcept : lock_(lock) {
      lock_.waiters_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Waiter() { lock_.waiters_.fetch_sub(1, std::memory_order_relaxed); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   private:
    RtLock& lock_;
  };

  /// Returns: the caller's acquisition; 0 if the lock is taken, or a control thread is registered as a
  /// waiter. Thread: audio.
  REFWAVE_AUDIO_THREAD Token try_acquire() noexcept {
    if (waiters_.load(std::memory_order_relaxed) != 0) return 0;
    return try_acquire_as(kAudio);
  }
  /// Returns: the caller's acquisition; 0 if the lock is taken. Thread: control.
  Token try_acquire_control() noexcept { return try_acquire_as(kControl); }

  /// Returns: whether that acquisition still holds the lock. The caller stops if it does not.
  REFWAVE_AUDIO_THREAD bool holds(Token mine) const noexcept {
    // Acquire: pairs with seize(). Kept: a thread reaches a fresh audio state through Stream::audio_state,
    // which orders its contents.
    return word_.load(std::memory_order_acquire) == mine;
  }
  /// Effects: releases the lock, unless it was seized. Release: pairs with try_acquire_as(). The next owner
  /// sees all that this one did.
  REFWAVE_AUDIO_THREAD void release(Token mine) noexcept {
    word_.compare_exchange_strong(mine, mine & ~kOwner, std::memory_order_release, std::memory_order_relaxed);
  }

  /// Returns: the acquisition of the audio thread that is inside; 0 if none is. Acquire: pairs with
  /// release(). Thread: control.
  Token inside() const noexcept {
    const Token word = word_.load(std::memory_order_acquire);
    return (word & kOwner) == kAudio ? word : 0;
  }
  /// Returns: whether a thread holds it. Acquire: pairs with release().
  bool is_held() const noexcept { return (word_.load(std::memory_order_acquire) & kOwner) != 0; }
  /// Effects: takes the lock from that acquisition of an audio thread. Returns: the caller's own; 0 if that
  /// thread has left. Thread: control.
  Token seize(Token theirs) noexcept {
    const Token mine = next(theirs, kControl);
    // Release: pairs with holds(). Kept: for the reason given there. Acquire: that thread may have acquired
    // what earlier owners did.
    return word_.compare_exchange_strong(theirs, mine, std::memory_order_acq_rel, std::memory_order_relaxed)
               ? mine
               : 0;
  }

 private:
  static constexpr Token kOwner = 3;  // the bits that say who: 0 is nobody
  static constexpr Token kAudio = 1;
  static constexpr Token kControl = 2;

  static constexpr Token next(Token word, Token who) noexcept {
    return (word & ~kOwner) + (kOwner + 1) + who;
  }

  REFWAVE_AUDIO_THREAD Token try_acquire_as(Token who) noexcept {
    Token word = word_.load(std::memory_order_relaxed);
    if ((word & kOwner) != 0) return 0;
    const Token mine = next(word, who);
    // Acquire: pairs with release().
    return word_.compare_exchange_strong(word, mine, std::memory_order_acquire, std::memory_order_relaxed)
               ? mine
               : 0;
  }

  std::atomic<Token> word_{0};             // who holds it, and the count of acquisitions
  std::atomic<std::uint32_t> waiters_{0};  // control threads that want it
};

}  // namespace refwave::core
