// All slots, the ready set and the waker: the memory that audio threads and notifiers share. As old as the
// driver, and kept alive by every open device, so that a late callback of a dead device finds it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "driver/core/handover/forecast.h"
#include "driver/core/handover/ready_set.h"
#include "driver/core/handover/slot.h"
#include "driver/core/trace/trace.h"

namespace refwave::core {

struct SlotTable {
  SlotTable() noexcept {
    for (std::size_t i = 0; i < slots.size(); ++i)
      slots[i].trace = {.trace = &trace, .slot = static_cast<std::uint16_t>(i)};
  }

  std::array<Slot, kSlots> slots;
  ReadySet ready;
  /// Slots that an audio thread has marked to deliver itself (completion = direct), and that nobody has
  /// claimed yet. Protocol: tests/models/direct_completion.pml.
  ReadySet owed;
  Waker waker;
  Forecast forecast;
  Trace trace;

  /// Effects: claims the slot's messages, if no thread has claimed them yet. Returns: whether the caller has
  /// them.
  bool claim(std::size_t index) noexcept { return owed.claim(index) || ready.claim(index); }
};

/// The slots that one engine serves: bits set and cleared by control threads, read by its audio threads.
class Roster {
 public:
  void add(std::size_t index) noexcept {
    // Release: pairs with word(). The seat guards the rest.
    words_[index / 64].fetch_or(bit(index), std::memory_order_release);
  }
  void remove(std::size_t index) noexcept {
    words_[index / 64].fetch_and(~bit(index), std::memory_order_relaxed);
  }
  REFWAVE_AUDIO_THREAD std::uint64_t word(std::size_t i) const noexcept {
    // Pairs with add().
    return words_[i].load(std::memory_order_acquire);
  }
  static constexpr std::size_t kWords = kSlots / 64;

 private:
  static constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << (index % 64); }

  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace refwave::core
