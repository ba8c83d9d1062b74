// Prefetching, because after a sleep of milliseconds the caches are cold.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

/// Effects: calls `act` with the address of each cache line of these bytes.
template <class Act>
REFWAVE_AUDIO_THREAD inline void for_each_line(std::uintptr_t address, std::size_t bytes, Act act) noexcept {
  for (std::uintptr_t line = address / hal::kCacheLine; line * hal::kCacheLine < address + bytes; ++line)
    act(line * hal::kCacheLine);
}

/// Any address is safe, even of freed memory, because nothing is read.
REFWAVE_AUDIO_THREAD inline void prefetch(const void* address, std::size_t bytes = 1) noexcept {
  for_each_line(reinterpret_cast<std::uintptr_t>(address), bytes,
                [](std::uintptr_t line) { __builtin_prefetch(reinterpret_cast<const void*>(line)); });
}

}  // namespace refwave::core
