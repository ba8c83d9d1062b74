#include "driver/control/messenger.h"

#include <mutex>

#include "driver/core/lanes/delivery.h"
#include "driver/core/lanes/lane.h"
#include "driver/core/ring/cache.h"

namespace refwave::control {
namespace {

/// Effects: delivers what is pending in a slot that the caller owns. Afterwards the stream may be gone. Not
/// inlined, because a rehearsal has to run the same code.
[[gnu::noinline]] void deliver_all(core::Slot& slot, stream::Stream& stream,
                                   std::mutex& write_mutex) noexcept {
  core::Delivery delivery(slot);
  while (delivery.begin() && delivery.call_client(stream.take(write_mutex), core::Stack::known)) {
  }
}

}  // namespace

void Messenger::deliver(std::size_t index) noexcept {
  core::Slot& slot = places_.slot(index);
  Place& place = places_[index];
  // The stream stays as long as the slot is the caller's.
  stream::Stream& stream = *place.stream;
  core::BlockRing& ring = slot.lane->ring();
  // The block is on its way to this processor while begin() waits for the slot's cache line.
  core::prefetch(&ring.at(ring.notified()));
  rehearsal_.follow(slot, *slot.lane, stream);
  deliver_all(slot, stream, place.write_mutex);
}

void Messenger::rehearse() noexcept { rehearsal_.run(deliver_all); }

void Messenger::deliver_owned(std::size_t index, std::uint32_t messages) {
  core::Delivery delivery(places_.slot(index));
  Place& place = places_[index];
  for (std::uint32_t i = 0; i < messages; ++i) {
    if (!delivery.begin()) return;
    if (!delivery.call_client(place.stream->take(place.write_mutex), core::Stack::unknown)) return;
  }
  hand_to_notifier(index);
}

void Messenger::hand_to_notifier(std::size_t index) {
  places_.table().ready.set(index);
  places_.table().waker.wake_one();
}

}  // namespace refwave::control
