// A client's call on one stream: the mutex held and the handle checked, for the length of a scope. Streams
// makes one at the beginning of nearly every call. CloseProtocol ends the call that Streams passes to it.
#pragma once

#include <atomic>
#include <mutex>

#include "driver/control/handle.h"
#include "driver/core/stream/stream_table.h"

namespace refwave::control {

/// Returns: whether the handle belongs to an open stream, which may be closed at any moment. Lock-free.
inline bool is_open(const core::StreamTable& table, Handle handle, hal::Direction direction) noexcept {
  // Acquire: pairs with Streams::publish(). Kept: a client that passes its handle on without an order must
  // not be told the position of the stream before. No execution of opening_handed has shown it yet.
  return handle != 0 && direction_of(handle) == direction &&
         table.streams[slot_of(handle)].handle.load(std::memory_order_acquire) == handle;
}

class ClientCall {
 public:
  ClientCall(core::StreamTable& table, Handle handle, hal::Direction direction)
      : stream_(table.streams[slot_of(handle)]),
        lock_(stream_.mutex),
        is_valid_(handle != 0 && direction_of(handle) == direction &&
                  stream_.handle.load(std::memory_order_relaxed) == handle) {}

  /// Returns: whether the handle belongs to an open stream.
  explicit operator bool() const { return is_valid_; }
  core::Stream& operator*() { return stream_; }
  core::Stream* operator->() { return &stream_; }
  /// Effects: releases the mutex.
  void leave() { lock_.unlock(); }

 private:
  core::Stream& stream_;
  std::unique_lock<std::mutex> lock_;
  bool is_valid_;
};

}  // namespace refwave::control
