// A stream's handle: the number of its slot, its direction, and a generation that counts opens. A closed or
// foreign handle is found out without touching memory that is gone. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "driver/core/handover/ready_set.h"
#include "hal/device.h"

namespace refwave::control {

using Handle = std::uintptr_t;  // never 0

inline constexpr int kSlotBits = 8;
static_assert(core::kSlots == std::size_t{1} << kSlotBits);

inline Handle make_handle(std::uint32_t generation, std::size_t slot, hal::Direction direction) {
  return (Handle{generation} << (kSlotBits + 1)) | (static_cast<Handle>(slot) << 1) |
         (direction == hal::Direction::input ? 1U : 0U);
}

/// Counts opens for as long as the module is loaded: a handle from before a DRV_DISABLE stays unknown after
/// the next DRV_ENABLE.
inline constinit std::atomic<std::uint32_t> generations{0};

/// Effects: moves `generation` on. Returns: a new handle, not 0 even where a generation's bits have run out.
inline Handle next_handle(std::atomic<std::uint32_t>& generation, std::size_t slot,
                          hal::Direction direction) {
  Handle handle = 0;
  while (handle == 0)
    handle = make_handle(generation.fetch_add(1, std::memory_order_relaxed) + 1, slot, direction);
  return handle;
}

inline std::size_t slot_of(Handle handle) { return (handle >> 1) & (core::kSlots - 1); }

inline hal::Direction direction_of(Handle handle) {
  return (handle & 1U) != 0 ? hal::Direction::input : hal::Direction::output;
}

}  // namespace refwave::control
