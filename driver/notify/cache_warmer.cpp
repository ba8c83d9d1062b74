#include "driver/notify/cache_warmer.h"

#include "driver/core/ring/cache.h"
#include "driver/core/stream/deliver.h"
#include "hal/system/cache_line.h"
#include "hal/system/clock.h"

namespace refwave::notify {

// Not inlined, because the cache warmer has to run the same code.
[[gnu::noinline]] void deliver_all(core::Stream& stream) noexcept {
  core::deliver_all(stream, core::Stack::known);
}

void CacheWarmer::follow(const core::Stream& stream) noexcept {
  core::BlockRing& ring = stream.next_notified().ring();
  trail_.stream.store(&stream, std::memory_order_relaxed);
  trail_.audio_state.store(&stream.next_notified(), std::memory_order_relaxed);
  trail_.block.store(&ring.at(ring.notified() + 1), std::memory_order_relaxed);
  trail_.target.store(stream.callback.target, std::memory_order_relaxed);
  trail_.instance.store(stream.callback.instance, std::memory_order_relaxed);
}

void CacheWarmer::prefetch_followed() const noexcept {
  constexpr std::size_t kClientBytes = 2 * hal::kCacheLine;  // of its callback's code
  constexpr std::size_t kAround = 12 * hal::kCacheLine;  // of a function, before an address in it and after
  const auto at = [](const std::atomic<std::uintptr_t>& value, std::size_t before = 0) {
    return reinterpret_cast<const void*>(value.load(std::memory_order_relaxed) - before);
  };
  if (const core::Stream* stream = trail_.stream.load(std::memory_order_relaxed); stream != nullptr) {
    core::prefetch(stream);
    stream->prefetch_messages();
    core::prefetch(&stream->waiting);
  }
  core::prefetch(trail_.audio_state.load(std::memory_order_relaxed), sizeof(core::AudioState));
  core::prefetch(trail_.block.load(std::memory_order_relaxed));
  core::prefetch(at(trail_.code, kAround), 2 * kAround);
  core::prefetch(at(trail_.target), kClientBytes);
  core::prefetch(at(trail_.instance));
}

void CacheWarmer::run() noexcept {
  prefetch_followed();
  core::BlockRing& ring = stream_.next_notified().ring();
  ring.push({.header = &header_, .finished_ns = hal::monotonic_now_ns()});
  ring.skip_all();
  ring.release_one();
  stream_.delivery.post();
  stream_.delivery.hold();
  deliver_all(stream_);
}

}  // namespace refwave::notify
