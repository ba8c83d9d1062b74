// Telling the processor what will be needed soon, so that it is on its way meanwhile: after a sleep of some
// milliseconds nothing is in a core's caches, and each line costs some tens of nanoseconds.
#pragma once

#include <cstddef>

#include "driver/core/block_ring.h"
#include "dsp/audio_thread.h"

namespace refwave::core {

enum class Access : int { read, write };

/// Effects: asks for the cache lines of `bytes` bytes from `address`. Nothing is looked at: any address may
/// be given, also one of memory that is gone.
template <Access access>
REFWAVE_AUDIO_THREAD inline void expect(const void* address, std::size_t bytes = 1) noexcept {
  const auto* line = static_cast<const char*>(address);
  for (const char* const end = line + bytes; line < end; line += kCacheLine)
    __builtin_prefetch(line, access == Access::write ? 1 : 0);
}

}  // namespace refwave::core
