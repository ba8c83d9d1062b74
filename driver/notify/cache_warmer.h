// A delivery that calls no client. A notifier that has slept for milliseconds finds neither the code of a
// delivery nor its data in the caches. So it runs through that code while it waits for the block that it woke
// up for (wake = predict), again and again, because other work of the core pushes it out. All notifiers share
// it; the one with the role runs it.
#pragma once

#include <atomic>
#include <cstdint>

#include "driver/core/handover/client_callback.h"
#include "driver/core/ring/client_header.h"
#include "driver/core/stream/stream.h"
#include "hal/system/cache_line.h"

namespace refwave::notify {

/// Effects: as core::deliver_all(), on a notifier's stack. Thread: a notifier, which holds the stream's word.
void deliver_all(core::Stream& stream) noexcept;

class CacheWarmer {
 public:
  CacheWarmer() {
    stream_.furnish(hal::Direction::output, {dsp::SampleType::s16, 1, 48'000, 0}, 1, core::Done::consumed);
    stream_.delivery.claim();
    stream_.delivery.publish();
  }  // throws std::bad_alloc

  /// `notify`: goes through all code that calls a client, and calls none. Before the first notifier starts.
  void set_callback(core::ClientCallback::Function notify) noexcept { stream_.callback.function = notify; }

  /// Effects: remembers which memory this message used, because the next one is likely of the same stream.
  /// Thread: its owner.
  void follow(const core::Stream& stream) noexcept;

  /// Effects: remembers where the caller goes on when a block is ready. Thread: the notifier that has the
  /// role.
  void return_to(const void* code) noexcept {
    trail_.code.store(reinterpret_cast<std::uintptr_t>(code), std::memory_order_relaxed);
  }

  /// Effects: prefetches the memory that the last real message used, makes one of its own, and delivers it.
  /// Thread: the notifier that has the role.
  void run() noexcept;

 private:
  void prefetch_followed() const noexcept;

  /// Addresses; of them only the stream's, which lives as long as the table, is ever dereferenced. Each is
  /// written by a stream's owner, `code` by the role's, and read by a notifier, in any order, relaxed.
  struct Trail {
    std::atomic<const core::Stream*> stream{nullptr};
    std::atomic<const void*> audio_state{nullptr};
    std::atomic<const void*> block{nullptr};
    std::atomic<std::uintptr_t> code{0};
    std::atomic<std::uintptr_t> target{0};
    std::atomic<std::uintptr_t> instance{0};
  };

  core::Stream stream_;
  core::ClientHeader header_{};
  alignas(hal::kCacheLine) Trail trail_;
};

}  // namespace refwave::notify
