// How a notifier waits for work: asleep (park), asleep until shortly before the next block and then awake
// (predict), or awake (spin). A timed sleep cannot be interrupted, so only one notifier takes one, and
// another waits on the semaphore. A wrong guess costs time, never a message. Called by notifiers.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "driver/configuration/configuration.h"
#include "driver/core/handover/client_callback.h"
#include "driver/core/ring/client_header.h"
#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "hal/system/cache_line.h"
#include "hal/system/realtime.h"

namespace refwave::notify {

/// How long before a block a notifier's sleep has to end. Learned from how late this machine wakes threads,
/// minus how late blocks are; negative where blocks are later. A histogram of the leads that would have
/// sufficed, which forgets half of them now and then. Relaxed: two concurrent writers spoil only a count.
class Lead {
 public:
  /// Returns: the lead in ns that would have sufficed for nearly all recent naps.
  std::int64_t ns() const noexcept { return ns_.load(std::memory_order_relaxed); }

  /// Effects: records a nap for which this lead would have sufficed. `missed`: of 1,000 naps.
  void note(std::int64_t enough_ns, std::uint32_t missed) noexcept {
    const auto at =
        static_cast<std::size_t>(std::clamp<std::int64_t>((enough_ns - kLeastNs) / kStepNs, 0, kSteps - 1));
    add(at, 1);
    if (total_.fetch_add(1, std::memory_order_relaxed) + 1 >= kMemory) forget_half();
    choose(missed);
  }

  /// Effects: records a nap for which the present lead was too short.
  void note_too_short(std::uint32_t missed) noexcept { note(ns() + kStepNs, missed); }

  static constexpr std::int64_t kStepNs = 2'000;
  static constexpr std::int64_t kSteps = 160;
  static constexpr std::int64_t kLeastNs = -64'000;
  static constexpr std::int64_t kMostNs = kLeastNs + kSteps * kStepNs;
  static constexpr std::int64_t kFirstNs = 80'000;  // before anything is learned

 private:
  static constexpr std::uint32_t kMemory = 1'024;
  static constexpr std::uint32_t kEnough = 64;  // with fewer naps the lead is at least kFirstNs

  void add(std::size_t at, std::uint32_t n) noexcept {
    counts_[at].store(counts_[at].load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  void forget_half() noexcept {
    std::uint32_t total = 0;
    for (auto& count : counts_) {
      const std::uint32_t half = count.load(std::memory_order_relaxed) / 2;
      count.store(half, std::memory_order_relaxed);
      total += half;
    }
    total_.store(total, std::memory_order_relaxed);
  }

  void choose(std::uint32_t missed) noexcept {
    const std::uint32_t total = total_.load(std::memory_order_relaxed);
    std::uint32_t above = 0;
    std::size_t at = counts_.size() - 1;
    for (; at > 0; --at) {
      above += counts_[at].load(std::memory_order_relaxed);
      if (above * 1'000 > total * missed) break;
    }
    const std::int64_t chosen_ns = kLeastNs + (static_cast<std::int64_t>(at) + 1) * kStepNs;
    ns_.store(total < kEnough ? std::max(chosen_ns, kFirstNs) : chosen_ns, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint32_t>, kSteps> counts_{};
  std::atomic<std::uint32_t> total_{0};
  std::atomic<std::int64_t> ns_{kFirstNs};
};

/// A delivery without a client. After a sleep of milliseconds neither the code of a delivery nor its data is
/// in the caches, so a notifier under wake = predict runs through both while it waits, with the role.
class CacheWarmer {
 public:
  CacheWarmer() {
    stream_.furnish(hal::Direction::output, {dsp::SampleType::s16, 1, 48'000, 0}, 1, core::Done::consumed);
    stream_.delivery.claim();
    stream_.delivery.publish();
  }  // throws std::bad_alloc

  /// `notify`: goes through all code that calls a client. Before the first notifier starts.
  void set_callback(core::ClientCallback::Function notify) noexcept { stream_.callback.function = notify; }

  /// Effects: records the memory that this message used; the next is likely of the same stream.
  void follow(const core::Stream& stream) noexcept;

  /// Effects: records where the caller continues when a block is ready. With the role.
  void return_to(const void* code) noexcept {
    trail_.code.store(reinterpret_cast<std::uintptr_t>(code), std::memory_order_relaxed);
  }

  /// Effects: prefetches what the last message used, and delivers a dummy. With the role.
  void run() noexcept;

 private:
  void prefetch_followed() const noexcept;

  /// Addresses. Only the stream's is dereferenced; streams live as long as the table. Relaxed.
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

enum class Next : std::uint8_t {
  search,               // with the role, so it may not sleep while a slot is unclaimed
  search_without_role,  // without the role, which another notifier has; this one is awake anyway
  sleep,                // without the role, by the semaphore
};

/// Shared by all notifiers of a driver.
class WakePolicy {
 public:
  /// `spin_percent`: the share of a processor that `predict` may spend awake. Thread: control.
  void configure(configuration::Wake wake, std::uint32_t spin_percent) noexcept {
    wake_.store(wake, std::memory_order_relaxed);
    spin_percent_.store(spin_percent, std::memory_order_relaxed);
  }

  /// Effects: waits as configured. The caller has the role, and nothing is ready.
  Next wait(core::StreamTable& table, CacheWarmer& warmer, hal::Scheduling& scheduling) noexcept;

  /// Returns: whether one notifier has to stay awake, or wake up by itself, for the next block. Thread: any.
  bool waits_awake() const noexcept {
    return wake_.load(std::memory_order_relaxed) != configuration::Wake::park;
  }
  /// Returns: how many notifiers may be in a timed sleep. Thread: any.
  std::size_t out_of_reach() const noexcept {
    return wake_.load(std::memory_order_relaxed) == configuration::Wake::predict ? 1 : 0;
  }

  /// Returns: ns spent awake and waiting since DRV_ENABLE. Thread: any.
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
