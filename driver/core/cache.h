// Telling the processor what will be needed soon, so that it is on its way meanwhile: after a sleep of some
// milliseconds nothing is in a core's caches, and each line costs some tens of nanoseconds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/block_ring.h"
#include "dsp/audio_thread.h"

namespace refwave::core {

/// Effects: asks for the cache lines of `bytes` bytes from `address`. Nothing is looked at: any address may
/// be given, also one of memory that is gone, or that never was any.
REFWAVE_AUDIO_THREAD inline void expect(const void* address, std::size_t bytes = 1) noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(address);
  for (std::size_t offset = 0; offset < bytes; offset += kCacheLine)
    __builtin_prefetch(reinterpret_cast<const void*>(first + offset));
}

}  // namespace refwave::core
