// What a notifier does with a slot that it has claimed: control::Messenger's interface, so that this room
// does not depend on driver/control.
#pragma once

#include <cstddef>

namespace refwave::notify {

class SlotOwner {
 public:
  virtual ~SlotOwner() = default;
  /// Effects: delivers messages until none is left or the slot is no longer the caller's. Thread: a notifier.
  virtual void deliver(std::size_t slot) noexcept = 0;
  /// Effects: brings what deliver() will need into this processor's caches. Thread: the notifier that has the
  /// role, shortly before it is needed.
  virtual void rehearse() noexcept {}
};

}  // namespace refwave::notify
