#include "driver/notify/rehearsal.h"

#include "driver/core/ring/cache.h"
#include "hal/system/cache_line.h"
#include "hal/system/clock.h"

namespace refwave::notify {

void Rehearsal::follow(const core::Stream& stream) noexcept {
  core::BlockRing& ring = stream.lane->ring();
  trail_.stream.store(&stream, std::memory_order_relaxed);
  trail_.lane.store(stream.lane, std::memory_order_relaxed);
  trail_.block.store(&ring.at(ring.notified() + 1), std::memory_order_relaxed);
  trail_.target.store(stream.callback.target, std::memory_order_relaxed);
  trail_.instance.store(stream.callback.instance, std::memory_order_relaxed);
}

void Rehearsal::prefetch_followed() const noexcept {
  constexpr std::size_t kClientBytes = 2 * hal::kCacheLine;  // of its callback's code
  const auto client = [](const std::atomic<std::uintptr_t>& value) {
    return reinterpret_cast<const void*>(value.load(std::memory_order_relaxed));
  };
  if (const core::Stream* stream = trail_.stream.load(std::memory_order_relaxed); stream != nullptr) {
    core::prefetch(stream);
    stream->prefetch_messages();
  }
  core::prefetch(trail_.lane.load(std::memory_order_relaxed), sizeof(core::Lane));
  core::prefetch(trail_.block.load(std::memory_order_relaxed));
  core::prefetch(client(trail_.target), kClientBytes);
  core::prefetch(client(trail_.instance));
}

void Rehearsal::make_message() noexcept {
  core::BlockRing& ring = stream_.lane->ring();
  ring.push({.header = &header_, .finished_ns = hal::monotonic_now_ns()});
  ring.release(ring.skip_all());
  stream_.add_pending(1);
}

}  // namespace refwave::notify
