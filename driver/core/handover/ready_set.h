// The ready bits are advisory: in these streams there may be messages that nobody delivers. Who delivers them
// is decided by DeliveryState. The one searching role says which notifier looks for ready bits: the role is
// nobody's, an awake notifier's, or on its way in the semaphore. A notifier that is awake may claim a bit
// without the role. The notifier with the role must not sleep while a bit is set. The protocol is
// tests/models/wake.pml. Nothing here can fail or fill up.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>

// lightweightsemaphore.h does not compile without <cassert> and concurrentqueue.h before it.
#include <concurrentqueue/concurrentqueue.h>
#include <concurrentqueue/lightweightsemaphore.h>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

inline constexpr std::size_t kSlots = 256;
/// The bit after the slots' bits: it asks one notifier to end.
inline constexpr std::size_t kRetireBit = kSlots;

/// A set of bits that any thread sets, any thread finds, and exactly one thread claims.
class ReadySet {
 public:
  REFWAVE_AUDIO_THREAD void set(std::size_t index) noexcept {
    // Release: pairs with claim(). The thread that claims the bit sees what its setter did before.
    words_[index / 64].fetch_or(bit(index), std::memory_order_release);
  }
  /// Returns: true for the one caller that took the bit away.
  REFWAVE_AUDIO_THREAD bool claim(std::size_t index) noexcept {
    // Acquire: pairs with set().
    return (words_[index / 64].fetch_and(~bit(index), std::memory_order_acquire) & bit(index)) != 0;
  }
  /// Returns: any bit that is set. A bit that was set before the caller's last exchange of the role is seen.
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

/// Passes the searching role from thread to thread. Two sequences may run at the same time: {set a ready bit;
/// look at the role} and {give up the role; look at the bits}. Both sides write the role by an exchange. The
/// side whose exchange is later sees the other side's earlier work: the release of the one that set the bit,
/// and the acquire of the one that gives up the role. The other two halves, the release where the role is
/// given up and the acquire where it is taken, guard the memory that only the role's owner uses
/// (notify::CacheWarmer).
class Waker {
 public:
  /// Effects: makes sure that a notifier searches. Returns: whether a sleeping notifier had to be woken (one
  /// system call).
  REFWAVE_AUDIO_THREAD bool wake_one() noexcept {
    if (!take_role()) return false;
    semaphore_.signal();
    return true;
  }
  /// Returns: true if nobody had the role, and the caller has it now.
  REFWAVE_AUDIO_THREAD bool take_role() noexcept {
    // Acquire: the last owner's memory. Release: the bits that the caller has set. Both pair with
    // give_up_role().
    return role_.exchange(kSearching, std::memory_order_acq_rel) != kSearching;
  }
  /// Effects: nobody has the role; the caller, who had it, must look at the ready set once more.
  void give_up_role() noexcept {
    // Acquire: the bits of the threads that saw the role taken. Release: the owner's memory. Both pair with
    // take_role().
    role_.exchange(kNobody, std::memory_order_acq_rel);
  }
  /// Returns: whether the caller may begin a timed sleep. It cannot be interrupted, so only one notifier
  /// may do so. Another one sleeps by the semaphore and serves blocks that
  /// come early. end_nap() ends the nap.
  bool begin_nap() noexcept { return !napping_.exchange(true, std::memory_order_relaxed); }
  void end_nap() noexcept { napping_.store(false, std::memory_order_relaxed); }
  /// Effects: sleeps until the role comes with the semaphore's one token. Ended by wake_one(), and at the end
  /// of the driver by the wake that follows kRetireBit.
  void sleep_until_role() noexcept {
    while (!semaphore_.wait()) {
    }
  }

 private:
  static constexpr std::uint32_t kNobody = 0;
  static constexpr std::uint32_t kSearching = 1;

  alignas(hal::kCacheLine) std::atomic<std::uint32_t> role_{kNobody};
  // No spins: a notifier that waits sleeps at once.
  alignas(hal::kCacheLine) moodycamel::LightweightSemaphore semaphore_{0, 0};
  std::atomic<bool> napping_{false};  // written and read by notifiers alone
};

}  // namespace refwave::core
