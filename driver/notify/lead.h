// How long before the expected moment a notifier's sleep has to end, so that it is awake in time. It is
// learned from how late this machine wakes threads, minus how late the blocks are themselves, so it is
// negative where blocks are later than wake-ups. Notifiers write it, one at a time.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace refwave::notify {

/// Counts the leads that would have been just enough, and forgets half of them again and again. All accesses
/// are relaxed: two threads that write at once spoil a count, nothing else.
class Lead {
 public:
  /// Returns: the lead in ns: a little more than would have been enough for nearly all of the newest naps.
  std::int64_t ns() const noexcept { return ns_.load(std::memory_order_relaxed); }

  /// Effects: remembers one nap for which that lead would have been just enough; it may be negative.
  /// `missed`: how many of a thousand naps may end too late from now on; a smaller number costs more time
  /// awake.
  void note(std::int64_t enough_ns, std::uint32_t missed) noexcept {
    const auto at =
        static_cast<std::size_t>(std::clamp<std::int64_t>((enough_ns - kLeastNs) / kStepNs, 0, kSteps - 1));
    add(at, 1);
    if (total_.fetch_add(1, std::memory_order_relaxed) + 1 >= kMemory) forget_half();
    choose(missed);
  }

  /// Effects: remembers one nap for which the present lead was too short.
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

}  // namespace refwave::notify
