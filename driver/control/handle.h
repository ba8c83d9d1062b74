// A stream's handle: the number of its slot, its direction, and a generation that counts the slot's opens. A
// closed or foreign handle is recognised without touching memory that is gone. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "driver/core/stream/stream_table.h"
#include "hal/device.h"

namespace refwave::control {

using Handle = std::uintptr_t;  // never 0

inline constexpr int kSlotBits = 8;
static_assert(core::kSlots == std::size_t{1} << kSlotBits);

/// Counts the opens of each slot. A handle of 32 bits has room for 23 bits of that count, so a closed handle
/// would be valid again 8 million opens of its slot later. StreamTable::take_free() prefers the slots whose
/// count has begun anew least often, so this takes 256 times as many opens. With 64 bits it does not happen.
template <typename Word>
class Generations {
 public:
  static constexpr int kBits = std::numeric_limits<Word>::digits - kSlotBits - 1;

  /// Effects: counts `opens` opens. Returns: the slot's new generation. Thread: any.
  Word add(std::size_t slot, Word opens) {
    return counts_[slot].fetch_add(opens, std::memory_order_relaxed) + opens;
  }
  /// Returns: how often the slot has used up all generations. Thread: any.
  Word rounds(std::size_t slot) const { return counts_[slot].load(std::memory_order_relaxed) >> kBits; }

 private:
  std::array<std::atomic<Word>, core::kSlots> counts_{};
};

/// Lives as long as the module: a handle from before a DRV_DISABLE stays unknown after the next DRV_ENABLE.
inline constinit Generations<Handle> generations;

/// Returns: a new handle, not 0 even where a generation's bits have run out. `Word`: the handle's.
template <typename Word>
Word next_handle(Generations<Word>& counts, std::size_t slot, hal::Direction direction) {
  Word handle = 0;
  while (handle == 0) {
    handle = static_cast<Word>(counts.add(slot, 1) << (kSlotBits + 1)) | (static_cast<Word>(slot) << 1) |
             (direction == hal::Direction::input ? 1U : 0U);
  }
  return handle;
}

inline std::size_t slot_of(Handle handle) { return (handle >> 1) & (core::kSlots - 1); }

inline hal::Direction direction_of(Handle handle) {
  return (handle & 1U) != 0 ? hal::Direction::input : hal::Direction::output;
}

/// Returns: whether the handle belongs to an open stream, which may be closed at any moment. Lock-free.
inline bool is_open(const core::StreamTable& table, Handle handle, hal::Direction direction) noexcept {
  // Acquire: pairs with Streams::publish(). Kept: a client that passes its handle on without an order must
  // not be given the position of the stream before.
  return handle != 0 && direction_of(handle) == direction &&
         table.streams[slot_of(handle)].handle.load(std::memory_order_acquire) == handle;
}

}  // namespace refwave::control
