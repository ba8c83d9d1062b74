// The control side of the slot table: each slot has one place, with the stream that is open there. It owns
// the streams, and decides which slot an open takes and when a slot is free again.
//
// Called by Streams and CloseProtocol on control threads, and by Messenger, which looks up a slot's stream.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "driver/control/handle.h"
#include "driver/core/handover/slot_table.h"
#include "driver/engine/engine.h"
#include "driver/stream/stream.h"
#include "hal/system/cache_line.h"

namespace refwave::control {

/// The control threads' side of one slot.
struct alignas(hal::kCacheLine) Place {
  std::mutex write_mutex;  // guards the members below; before the seat in lock order
  /// Stays after a close that gave up waiting, until the slot is used again.
  std::unique_ptr<stream::Stream> stream;
  std::shared_ptr<engine::Engine> engine;
  dsp::Quality quality = dsp::Quality::medium;
  std::atomic<Handle> handle{0};  // 0: no stream is open here; read without the mutex by is_open()
  Handle untold = 0;              // the handle while its client is still being told of the open
  std::atomic<std::uint32_t> bytes_per_frame{1};
  bool taken = false;  // guarded by the table's mutex: from the beginning of open to the end of close
};

class Places {
 public:
  explicit Places(std::shared_ptr<core::SlotTable> table, const Generations<Handle>& counts = generations)
      : table_(std::move(table)), counts_(counts) {}

  const std::shared_ptr<core::SlotTable>& shared_table() const { return table_; }
  core::SlotTable& table() const { return *table_; }
  core::Slot& slot(std::size_t index) const { return table_->slots[index]; }
  core::Slot& slot_of(const Place& place) const { return table_->slots[index_of(place)]; }
  std::size_t index_of(const Place& place) const { return static_cast<std::size_t>(&place - places_.data()); }

  Place& operator[](std::size_t index) { return places_[index]; }
  const Place& operator[](std::size_t index) const { return places_[index]; }
  /// Returns: whether the handle belongs to an open stream, which may be closed at any moment. Lock-free.
  bool is_open(Handle handle, hal::Direction direction) const noexcept {
    // Acquire: pairs with Streams::publish(). Kept: a client that passes its handle on without an order must
    // not be told the position of the stream before. No execution of opening_handed has shown it yet.
    return handle != 0 && direction_of(handle) == direction &&
           places_[control::slot_of(handle)].handle.load(std::memory_order_acquire) == handle;
  }

  Place* begin() { return places_.data(); }
  Place* end() { return places_.data() + places_.size(); }

  /// Effects: takes a place whose slot no thread uses any more: its seat is free and no message is pending.
  /// Among several, the first whose generations have begun anew least often. Returns: null if there is none.
  Place* claim();
  /// Effects: the place may be claimed again.
  void give_back(Place& place);
  /// Effects: frees the stream and gives the place back. A retired slot keeps the stream, because the audio
  /// thread that died in its seat may wake up. Under the write mutex.
  void clear_out(Place& place);

  /// Returns: slots in use, and the closed ones whose callback has not returned.
  std::size_t threads_needed() const;
  /// Returns: whether a stream is open, or is being opened or closed.
  bool in_use() const;

 private:
  const std::shared_ptr<core::SlotTable> table_;
  const Generations<Handle>& counts_;
  mutable std::mutex mutex_;  // guards `taken` of every place
  std::array<Place, core::kSlots> places_;
};

}  // namespace refwave::control
