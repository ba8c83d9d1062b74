// Serves the streams that notifiers have found, and the resets and stops that tell their own clients. All of
// them come through core::deliver(). It owns no part of a stream, only the cache warmer.
//
// Called by notifiers (deliver, warm_caches), and by reset and stop on the client's thread (deliver_held). No
// lock is held while a client is called.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/handover/client_callback.h"
#include "driver/core/stream/stream_table.h"
#include "driver/notify/cache_warmer.h"
#include "driver/notify/slot_owner.h"

namespace refwave::control {

class Messenger final : public notify::SlotOwner {
 public:
  explicit Messenger(core::StreamTable& table) : table_(table) {}

  void deliver(std::size_t index) noexcept override;
  void warm_caches() noexcept override;
  /// Effects: the cache warmer calls this function in place of a client. Called before the first open.
  void warm_with(core::ClientCallback::Function tell) noexcept { warmer_.set_callback(tell); }

  /// Effects: delivers that many messages of a stream whose word this thread holds. If more have come
  /// meanwhile, a notifier gets the stream, because the caller must return to its own client. Thread:
  /// control.
  void deliver_held(core::Stream& stream, std::uint32_t messages) noexcept;

 private:
  core::StreamTable& table_;
  notify::CacheWarmer warmer_;
};

}  // namespace refwave::control
