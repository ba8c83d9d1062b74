// Tells clients of finished blocks: takes the blocks out of a slot's ring and calls the client back, on a
// thread that owns the slot's messages. It owns no part of a stream, only the rehearsal of a delivery.
//
// Called by notifiers (deliver, rehearse), by reset and stop on the client's thread (deliver_owned), and by
// the housekeeper (hand_to_notifier). No lock and no seat is held while a client is called.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/control/places.h"
#include "driver/core/handover/client_callback.h"
#include "driver/notify/rehearsal.h"
#include "driver/notify/slot_owner.h"

namespace refwave::control {

class Messenger final : public notify::SlotOwner {
 public:
  explicit Messenger(Places& places) : places_(places) {}

  void deliver(std::size_t index) noexcept override;
  void rehearse() noexcept override;
  /// Effects: rehearsals call this function in place of a client. Called before the first open.
  void rehearse_with(core::ClientCallback::Function tell) noexcept { rehearsal_.set_callback(tell); }

  /// Effects: delivers that many messages of a slot this thread owns. If more have come meanwhile, a notifier
  /// gets the slot, because the caller must return to its own client. Thread: control.
  void deliver_owned(std::size_t index, std::uint32_t messages);
  /// Effects: a notifier delivers the slot's messages. Thread: the slot's owner.
  void hand_to_notifier(std::size_t index);

 private:
  Places& places_;
  notify::Rehearsal rehearsal_;
};

}  // namespace refwave::control
