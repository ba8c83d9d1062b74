// A ready bit marks a stream that may have undelivered messages. It is advisory: DeliveryState decides which
// thread delivers them. The searching role says which notifier must look for ready bits; it is free, held by
// an awake notifier, or on its way to a sleeping one in the semaphore. An awake notifier may claim a bit
// without the role. The notifier with the role must not sleep while a bit is set (tests/models/wake.pml).
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"
#include "hal/system/semaphore.h"

namespace refwave::core {

inline constexpr std::size_t kSlots = 256;
/// The bit after the slots': asks one notifier to end.
inline constexpr std::size_t kRetireBit = kSlots;

/// A set of bits. Any thread may set or find a bit; exactly one thread claims it.
class ReadySet {
 public:
  REFWAVE_AUDIO_THREAD void set(std::size_t index) noexcept {
    // Release: pairs with claim(). The thread that claims the bit sees the setter's earlier work.
    words_[index / 64].fetch_or(bit(index), std::memory_order_release);
  }
  /// Returns: true if this caller cleared the bit.
  REFWAVE_AUDIO_THREAD bool claim(std::size_t index) noexcept {
    // Acquire: pairs with set().
    return (words_[index / 64].fetch_and(~bit(index), std::memory_order_acquire) & bit(index)) != 0;
  }
  /// Returns: any bit that is set; it sees those set before the caller's last exchange of the role.
  REFWAVE_AUDIO_THREAD std::optional<std::size_t> find() const noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      // Relaxed: only a claim() gives the slot to the caller.
      const std::uint64_t word = words_[i].load(std::memory_order_relaxed);
      if (word != 0) return i * 64 + static_cast<std::size_t>(std::countr_zero(word));
    }
    return std::nullopt;
  }
  REFWAVE_AUDIO_THREAD bool any() const noexcept { return find().has_value(); }

 private:
  static constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << (index % 64); }

  alignas(hal::kCacheLine) std::array<std::atomic<std::uint64_t>, kSlots / 64 + 1> words_{};
};

/// Passes the searching role from thread to thread. Two sequences may race: {set a ready bit; take the role}
/// and {give the role up; look at the bits}. Both change the role by an exchange, and the later exchange sees
/// the other side's earlier work: the setter's release pairs with the acquire of the thread that gives the
/// role up. The reverse guards the memory of the role's owner (notify::CacheWarmer).
class Waker {
 public:
  /// Effects: makes sure that a notifier is searching. Returns: whether it had to wake one (one system call).
  REFWAVE_AUDIO_THREAD bool wake_one() noexcept {
    if (!take_role()) return false;
    semaphore_.signal();
    return true;
  }
  /// Returns: true if the role was free, and the caller now has it.
  REFWAVE_AUDIO_THREAD bool take_role() noexcept {
    // Acquire: the last owner's memory. Release: the caller's bits. Both pair with give_up_role().
    return role_.exchange(kSearching, std::memory_order_acq_rel) != kSearching;
  }
  /// Effects: frees the role. The caller, which had it, must then look at the ready set once more.
  void give_up_role() noexcept {
    // Acquire: bits of threads that found the role taken. Release: the owner's memory. Both: take_role().
    role_.exchange(kNobody, std::memory_order_acq_rel);
  }
  /// Returns: whether the caller may begin a timed sleep, until end_nap(). It cannot be interrupted, so only
  /// one notifier may; another sleeps on the semaphore and serves early blocks.
  bool begin_nap() noexcept { return !napping_.exchange(true, std::memory_order_relaxed); }
  void end_nap() noexcept { napping_.store(false, std::memory_order_relaxed); }
  /// Effects: sleeps until the semaphore's token brings the role: by wake_one(), at the end after kRetireBit.
  void sleep_until_role() noexcept {
    while (!semaphore_.wait()) {
    }
  }

 private:
  static constexpr std::uint32_t kNobody = 0;
  static constexpr std::uint32_t kSearching = 1;

  alignas(hal::kCacheLine) std::atomic<std::uint32_t> role_{kNobody};
  // No spinning: a notifier that waits sleeps immediately.
  alignas(hal::kCacheLine) moodycamel::LightweightSemaphore semaphore_{0, 0};
  std::atomic<bool> napping_{false};  // used by notifiers only
};

}  // namespace refwave::core
