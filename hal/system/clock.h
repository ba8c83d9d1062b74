// The monotonic clock, which gives all times of the project. Any thread, the audio thread included.
#pragma once

#include <chrono>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

/// Returns: std::chrono::steady_clock in ns. A read takes about 20 ns and no system call.
REFWAVE_AUDIO_THREAD inline std::int64_t monotonic_now_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace refwave::hal
