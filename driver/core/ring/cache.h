// Prefetch: tells the processor which memory will be needed soon. After a sleep of some milliseconds nothing
// is in a processor's caches, and each line costs some tens of nanoseconds. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

/// Effects: calls `act` with an address in each cache line that one of these bytes lies in.
template <class Act>
REFWAVE_AUDIO_THREAD inline void for_each_line(std::uintptr_t address, std::size_t bytes, Act act) noexcept {
  for (std::uintptr_t line = address / hal::kCacheLine; line * hal::kCacheLine < address + bytes; ++line)
    act(line * hal::kCacheLine);
}

/// Effects: asks for the cache lines of `bytes` bytes from `address`. Nothing is read, so any address may be
/// given, even of memory that has been freed.
REFWAVE_AUDIO_THREAD inline void prefetch(const void* address, std::size_t bytes = 1) noexcept {
  for_each_line(reinterpret_cast<std::uintptr_t>(address), bytes,
                [](std::uintptr_t line) { __builtin_prefetch(reinterpret_cast<const void*>(line)); });
}

}  // namespace refwave::core
