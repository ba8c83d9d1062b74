#include "driver/control/messenger.h"

#include "driver/core/ring/cache.h"
#include "driver/core/stream/delivery.h"

namespace refwave::control {
namespace {

/// Effects: delivers what is pending in a stream whose messages the caller owns. Afterwards it may be another
/// stream. Not inlined, because a rehearsal has to run the same code.
[[gnu::noinline]] void deliver_all(core::Stream& stream) noexcept {
  core::Delivery delivery(stream);
  while (delivery.begin() && delivery.call_client(stream.take(), core::Stack::known)) {
  }
}

}  // namespace

void Messenger::deliver(std::size_t index) noexcept {
  core::Stream& stream = table_.streams[index];
  core::BlockRing& ring = stream.lane->ring();
  // The block is on its way to this processor while begin() waits for the count's cache line.
  core::prefetch(&ring.at(ring.notified()));
  rehearsal_.follow(stream);
  deliver_all(stream);
}

void Messenger::rehearse() noexcept { rehearsal_.run(deliver_all); }

void Messenger::deliver_owned(core::Stream& stream, std::uint32_t messages) {
  core::Delivery delivery(stream);
  for (std::uint32_t i = 0; i < messages; ++i) {
    if (!delivery.begin()) return;
    if (!delivery.call_client(stream.take(), core::Stack::unknown)) return;
  }
  table_.hand_to_notifier(stream.index());
}

}  // namespace refwave::control
