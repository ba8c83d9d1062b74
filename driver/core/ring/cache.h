// Prefetch: tells the processor which memory will be needed soon. After a sleep of some milliseconds nothing
// is in a processor's caches, and each line costs some tens of nanoseconds. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/ring/block_ring.h"
#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

/// Effects: asks for the cache lines of `bytes` bytes from `address`. Nothing is read, so any address may be
/// given, even of memory that has been freed.
REFWAVE_AUDIO_THREAD inline void prefetch(const void* address, std::size_t bytes = 1) noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(address);
  for (std::size_t offset = 0; offset < bytes; offset += hal::kCacheLine)
    __builtin_prefetch(reinterpret_cast<const void*>(first + offset));
}

}  // namespace refwave::core
