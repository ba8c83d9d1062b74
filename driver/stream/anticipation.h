// How a notifier waits for work: asleep (park), asleep until shortly before the next block is expected and
// then awake (predict), or awake (spin). Whatever it guesses, the semaphore's token reaches it: a wrong guess
// costs time, never a message.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "driver/core/slot_table.h"
#include "driver/stream/configuration.h"

namespace refwave::stream {

/// One object for all notifiers of a driver; one of them at a time is in it with the role, dozing or
/// spinning.
class Anticipation {
 public:
  /// Effects: waits that way from now on. `spin_percent`: the most of one processor that spinning may take
  /// under predict. Thread: control.
  void configure(Wake wake, std::uint32_t spin_percent) noexcept {
    wake_.store(wake, std::memory_order_relaxed);
    spin_percent_.store(spin_percent, std::memory_order_relaxed);
  }

  /// Effects: with the role, and nothing ready: waits as configured. Returns: true with the role and
  /// something to look for; false without the role: the caller goes to sleep. Thread: the notifier that
  /// searches.
  bool wait(core::SlotTable& table) noexcept;

  /// Returns: whether somebody has to be the one who waits for the next block. Thread: any.
  bool waits_awake() const noexcept { return wake_.load(std::memory_order_relaxed) != Wake::park; }

  /// Returns: time spent spinning since the driver was enabled, in ns; every other notifier slept. Thread:
  /// any.
  std::int64_t spun_ns() const noexcept { return spun_ns_.load(std::memory_order_relaxed); }

 private:
  bool park(core::SlotTable& table) const noexcept;
  bool doze_until(core::SlotTable& table, std::int64_t wake_ns) noexcept;
  bool spin_until(core::SlotTable& table, std::int64_t end_ns) noexcept;
  bool may_spin(std::int64_t now_ns) noexcept;
  void learn(std::int64_t lateness_ns) noexcept;

  std::atomic<Wake> wake_{Wake::park};  // control → notifiers, as the next
  std::atomic<std::uint32_t> spin_percent_{0};
  // Written by the notifier with the role, handed on with it; atomics for who looks from outside.
  std::atomic<std::int64_t> margin_ns_{60'000};  // how long before the expected moment to wake
  std::atomic<std::int64_t> spun_ns_{0};
  std::atomic<std::int64_t> allowance_ns_{0};   // spinning that may still be done
  std::atomic<std::int64_t> allowed_at_ns_{0};  // when the allowance was last topped up
};

}  // namespace refwave::stream
