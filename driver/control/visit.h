// A client's call on one stream: the write mutex held and the handle checked, for the length of a scope. Only
// for the source files of Streams.
#pragma once

#include <atomic>
#include <mutex>

#include "driver/control/streams.h"

namespace refwave::control {

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

class Streams::Visit {
 public:
  Visit(Streams& streams, Handle handle, hal::Direction direction)
      : place_(streams.places_[slot_of(handle)]),
        slot_(streams.table_->slots[slot_of(handle)]),
        lock_(place_.write_mutex),
        welcome_(handle != 0 && direction_of(handle) == direction &&
                 place_.handle.load(std::memory_order_relaxed) == handle) {}

  explicit operator bool() const { return welcome_; }
  Place& place() { return place_; }
  core::Slot& slot() { return slot_; }
  stream::Stream& stream() { return *place_.stream; }
  void leave() { lock_.unlock(); }

 private:
  Place& place_;
  core::Slot& slot_;
  std::unique_lock<std::mutex> lock_;
  bool welcome_;
};

}  // namespace refwave::control
