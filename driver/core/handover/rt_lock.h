// A lock that the audio thread only tries. It counts acquisitions, and a thread can release only its own. A
// control thread that sees the same acquisition until its deadline seizes the lock (core::AudioSection). A
// thread that resumes finds its acquisition gone, and stops (tests/models/audio_state.pml).
#pragma once

#include <atomic>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

class RtLock {
 public:
  /// One acquisition. 0 is none.
  using Token = std::uint64_t;

  /// Effects: registers a control thread as a waiter while it exists. The audio thread gives way to waiters.
  class Waiter {
   public:
    // Relaxed, both: only a hint. The exchanges decide.
    explicit Waiter(RtLock& lock) noexcept : lock_(lock) {
      lock_.waiters_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Waiter() { lock_.waiters_.fetch_sub(1, std::memory_order_relaxed); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   private:
    RtLock& lock_;
  };

  /// Returns: the caller's acquisition; 0 if the lock is taken, or a control thread waits. Thread: audio.
  REFWAVE_AUDIO_THREAD Token try_acquire() noexcept {
    if (waiters_.load(std::memory_order_relaxed) != 0) return 0;
    return try_acquire_as(kAudio);
  }
  /// Returns: the caller's acquisition; 0 if the lock is taken. Thread: control.
  Token try_acquire_control() noexcept { return try_acquire_as(kControl); }

  /// Returns: whether that acquisition still holds the lock. If not, the caller must stop.
  REFWAVE_AUDIO_THREAD bool holds(Token mine) const noexcept {
    // Acquire: pairs with seize(). Kept: stronger than any test requires, because a thread reaches a fresh
    // audio state through Stream::audio_state, which orders its contents.
    return word_.load(std::memory_order_acquire) == mine;
  }
  /// Effects: releases the lock, unless it was seized. Release: pairs with the next owner's try_acquire_as().
  REFWAVE_AUDIO_THREAD void release(Token mine) noexcept {
    word_.compare_exchange_strong(mine, mine & ~kOwner, std::memory_order_release, std::memory_order_relaxed);
  }

  /// Returns: the audio thread's acquisition; 0 if it has none. Acquire: release(). Thread: control.
  Token inside() const noexcept {
    const Token word = word_.load(std::memory_order_acquire);
    return (word & kOwner) == kAudio ? word : 0;
  }
  /// Returns: whether a thread holds the lock. Acquire: pairs with release().
  bool is_held() const noexcept { return (word_.load(std::memory_order_acquire) & kOwner) != 0; }
  /// Effects: takes the lock from an audio thread that has acquired it as `theirs`. Returns: the caller's
  /// acquisition; 0 if that thread has released the lock. Thread: control.
  Token seize(Token theirs) noexcept {
    const Token mine = next(theirs, kControl);
    // Release: pairs with holds(). Kept: as there. Acquire: of what earlier owners did, as that thread.
    return word_.compare_exchange_strong(theirs, mine, std::memory_order_acq_rel, std::memory_order_relaxed)
               ? mine
               : 0;
  }

 private:
  static constexpr Token kOwner = 3;  // the owner's bits; 0: free
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
