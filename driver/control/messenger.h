// Tells clients of finished blocks: takes the blocks out of a stream's ring and calls the client back, on a
// thread that owns the stream's messages. It owns no part of a stream, only the rehearsal of a delivery.
//
// Called by notifiers (deliver, rehearse), and by reset and stop on the client's thread (deliver_owned). No
// lock and no seat is held while a client is called.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/handover/client_callback.h"
#include "driver/core/stream/stream_table.h"
#include "driver/notify/rehearsal.h"
#include "driver/notify/slot_owner.h"

namespace refwave::control {

class Messenger final : public notify::SlotOwner {
 public:
  explicit Messenger(core::StreamTable& table) : table_(table) {}

  void deliver(std::size_t index) noexcept override;
  void rehearse() noexcept override;
  /// Effects: rehearsals call this function in place of a client. Called before the first open.
  void rehearse_with(core::ClientCallback::Function tell) noexcept { rehearsal_.set_callback(tell); }

  /// Effects: delivers that many messages, which this thread owns. If more have come meanwhile, a notifier
  /// gets the stream, because the caller must return to its own client. Thread: control.
  void deliver_owned(core::Stream& stream, std::uint32_t messages);

 private:
  core::StreamTable& table_;
  notify::Rehearsal rehearsal_;
};

}  // namespace refwave::control
