// A client's call on one stream: the write mutex held and the handle checked, for the length of a scope.
// Streams makes one at the beginning of nearly every call. CloseProtocol ends the call that Streams passes to
// it.
#pragma once

#include <atomic>
#include <mutex>

#include "driver/control/handle.h"
#include "driver/control/places.h"

namespace refwave::control {

class ClientCall {
 public:
  ClientCall(Places& places, Handle handle, hal::Direction direction)
      : place_(places[slot_of(handle)]),
        slot_(places.slot(slot_of(handle))),
        lock_(place_.write_mutex),
        is_valid_(handle != 0 && direction_of(handle) == direction &&
                  place_.handle.load(std::memory_order_relaxed) == handle) {}

  /// Returns: whether the handle belongs to an open stream.
  explicit operator bool() const { return is_valid_; }
  Place& place() { return place_; }
  core::Slot& slot() { return slot_; }
  stream::Stream& stream() { return *place_.stream; }
  /// Effects: releases the write mutex.
  void leave() { lock_.unlock(); }

 private:
  Place& place_;
  core::Slot& slot_;
  std::unique_lock<std::mutex> lock_;
  bool is_valid_;
};

}  // namespace refwave::control
