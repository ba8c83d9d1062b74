// How a notifier waits for work: asleep (park), asleep until shortly before the next block is expected and
// then awake (predict), or awake (spin). A timed sleep cannot be interrupted, so only one
// notifier may do so. Another one sleeps by the semaphore meanwhile, and the audio thread signals that one if
// no notifier is awake. A wrong guess therefore costs time, never a message. Notifiers call it on their own
// threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "driver/configuration/configuration.h"
#include "driver/core/handover/client_callback.h"
#include "driver/core/ring/client_header.h"
#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "driver/notify/lead.h"
#include "hal/system/cache_line.h"
#include "hal/system/realtime.h"

namespace refwave::notify {

/// Effects: as core::deliver_all(), on a notifier's stack. Thread: a notifier, which holds the stream's word.
void deliver_all(core::Stream& stream) noexcept;

/// A delivery that calls no client. A notifier that has slept for milliseconds finds neither the code of a
/// delivery nor its data in the caches. So it runs through that code while it waits for the block that it
/// woke up for (wake = predict), again and again, because other work of the core pushes it out. All notifiers
/// share it; the one with the role runs it.
class CacheWarmer {
 public:
  CacheWarmer() {
    stream_.furnish(hal::Direction::output, {dsp::SampleType::s16, 1, 48'000, 0}, 1, core::Done::consumed);
    stream_.delivery.claim();
    stream_.delivery.publish();
  }  // throws std::bad_alloc

  /// `tell`: goes through all code that calls a client, and calls none. Before the first notifier starts.
  void set_callback(core::ClientCallback::Function tell) noexcept { stream_.callback.function = tell; }

  /// Effects: remembers which memory this message used, because the next one is likely of the same stream.
  /// Thread: its owner.
  void follow(const core::Stream& stream) noexcept;

  /// Effects: remembers where the caller goes on when a block is ready. Thread: the notifier that has the
  /// role.
  void return_to(const void* code) noexcept {
    trail_.code.store(reinterpret_cast<std::uintptr_t>(code), std::memory_order_relaxed);
  }

  /// Effects: prefetches the memory that the last real message used, makes one of its own, and delivers it.
  /// Thread: the notifier that has the role.
  void run() noexcept;

 private:
  void prefetch_followed() const noexcept;

  /// Addresses; of them only the stream's, which is as old as the table, is ever dereferenced. Each is
  /// written by a stream's holder, `code` by the role's, and read by a notifier, in any order, relaxed.
  struct Trail {
    std::atomic<const core::Stream*> stream{nullptr};
    std::atomic<const void*> half{nullptr};
    std::atomic<const void*> block{nullptr};
    std::atomic<std::uintptr_t> code{0};
    std::atomic<std::uintptr_t> target{0};
    std::atomic<std::uintptr_t> instance{0};
  };

  core::Stream stream_;
  core::ClientHeader header_{};
  alignas(hal::kCacheLine) Trail trail_;
};

/// The next step of a notifier that found nothing and has waited.
enum class Next : std::uint8_t {
  search,               // with the role, so it may not sleep while a slot is unclaimed
  search_without_role,  // without the role, which another notifier has; this one is awake anyway
  sleep,                // without the role, by the semaphore
};

/// One object for all notifiers of a driver. The notifier that has the role, or comes from a timed sleep,
/// writes the values that it learns.
class WakePolicy {
 public:
  /// Effects: notifiers wait in this way from now on. `spin_percent`: the share of one processor that a
  /// notifier may spend awake under predict. Thread: control.
  void configure(configuration::Wake wake, std::uint32_t spin_percent) noexcept {
    wake_.store(wake, std::memory_order_relaxed);
    spin_percent_.store(spin_percent, std::memory_order_relaxed);
  }

  /// Effects: waits as configured. The caller has the role, and nothing is ready. `scheduling`: the caller's
  /// own. Thread: the notifier that searches.
  Next wait(core::StreamTable& table, CacheWarmer& warmer, hal::Scheduling& scheduling) noexcept;

  /// Returns: whether one notifier has to stay awake, or wake up by itself, for the next block. Thread: any.
  bool waits_awake() const noexcept {
    return wake_.load(std::memory_order_relaxed) != configuration::Wake::park;
  }
  /// Returns: how many notifiers may be in a timed sleep, which cannot be interrupted. Thread: any.
  std::size_t out_of_reach() const noexcept {
    return wake_.load(std::memory_order_relaxed) == configuration::Wake::predict ? 1 : 0;
  }

  /// Returns: time spent awake and waiting since the driver was enabled, in ns. Thread: any.
  std::int64_t spun_ns() const noexcept { return spun_ns_.load(std::memory_order_relaxed); }

 private:
  static Next park(core::StreamTable& table) noexcept;
  static Next search_if_ready(core::StreamTable& table) noexcept;
  Next predict(core::StreamTable& table, CacheWarmer& warmer, hal::Scheduling& scheduling) noexcept;
  void nap(core::StreamTable& table, std::int64_t end_ns) noexcept;
  Next watch(core::StreamTable& table, CacheWarmer* warmer, std::int64_t awake_ns,
             std::int64_t end_ns) noexcept;
  bool spin_until(core::StreamTable& table, CacheWarmer* warmer, std::int64_t begin_ns,
                  std::int64_t end_ns) noexcept;
  void account() noexcept;
  void pay(std::int64_t awake_ns) noexcept;
  std::uint32_t may_miss() const noexcept;
  bool may_spin(std::int64_t now_ns) noexcept;

  static constexpr std::int64_t kNoNap = std::numeric_limits<std::int64_t>::min();

  std::atomic<configuration::Wake> wake_{configuration::Wake::park};  // control → notifiers, as the next
  std::atomic<std::uint32_t> spin_percent_{0};
  // Written by one notifier at a time, read by control threads too.
  Lead lead_;
  std::atomic<std::int64_t> spin_begun_ns_{0};  // the last spin; 0 after account()
  std::atomic<std::int64_t> spin_ended_ns_{0};
  std::atomic<std::int64_t> led_ns_{kNoNap};  // the lead of the nap before that spin
  std::atomic<std::int64_t> spun_ns_{0};
  std::atomic<std::int64_t> allowance_ns_{0};   // time awake that is still allowed
  std::atomic<std::int64_t> allowed_at_ns_{0};  // when the allowance was last topped up
};

}  // namespace refwave::notify
