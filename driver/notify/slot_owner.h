// The interface through which a notifier serves a slot that it has claimed. control::Messenger implements it,
// so that this room does not depend on driver/control.
#pragma once

#include <cstddef>

namespace refwave::notify {

class SlotOwner {
 public:
  virtual ~SlotOwner() = default;
  /// Effects: delivers messages until none is left or the slot is no longer the caller's. Thread: a notifier.
  virtual void deliver(std::size_t slot) noexcept = 0;
  /// Effects: brings the code and data of deliver() into this processor's caches. Thread: the notifier that
  /// has the role, shortly before the next block is done.
  virtual void warm_caches() noexcept {}
};

}  // namespace refwave::notify
