#include "driver/control/messenger.h"

#include "driver/core/ring/cache.h"
#include "driver/core/stream/deliver.h"

namespace refwave::control {
namespace {

/// Not inlined, because the cache warmer has to run the same code.
[[gnu::noinline]] void deliver_all(core::Stream& stream) noexcept {
  core::deliver_all(stream, core::Stack::known);
}

}  // namespace

void Messenger::deliver(std::size_t index) noexcept {
  core::Stream& stream = table_.streams[index];
  // A bit may be left over, because a reset or a close has delivered.
  if (!stream.delivery.hold()) return;
  core::BlockRing& ring = stream.next_told().ring();
  core::prefetch(&ring.at(ring.notified()));
  warmer_.follow(stream);
  deliver_all(stream);
}

void Messenger::warm_caches() noexcept { warmer_.run(deliver_all); }

void Messenger::deliver_held(core::Stream& stream, std::uint32_t messages) noexcept {
  const auto next = [&] { return stream.take(); };
  if (core::deliver(stream, messages, core::Stack::unknown, next) == core::Told::gone) return;
  if (stream.delivery.hand_back(core::DeliveryState::Left::nothing_known))
    table_.hand_to_notifier(stream.index());
}

}  // namespace refwave::control
