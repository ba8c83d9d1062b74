// One run of frames within a device's period.
#pragma once

#include <algorithm>
#include <cstdint>

#include "driver/core/handover/client_callback.h"
#include "dsp/audio_thread.h"

namespace refwave::core {

struct Cycle {
  std::uint32_t frames = 0;
  std::int64_t monotonic_ns = 0;     // when its first frame is rendered, on the monotonic clock
  std::int64_t lateness_ns = 0;      // how late that is on the device's schedule; 0 if unknown
  std::int64_t behind_ns = 0;        // how late the device was, while it takes in one burst what it missed
  bool has_schedule = false;         // lateness_ns is by the device's own schedule
  bool skips_silence = false;        // as hal::Period's
  std::uint32_t latency_frames = 0;  // from there to the loudspeaker, or from the microphone
  double clock_rate = 1.0;           // device seconds for each monotonic second; 0 when stepped
};

/// Effects: `run(part, first_frame)` for parts of at most `most` frames. `rate`: the device's.
template <typename Run>
REFWAVE_AUDIO_THREAD void for_each_run(const Cycle& cycle, std::uint32_t rate, std::uint32_t most,
                                       Run run) noexcept {
  for (std::uint32_t first = 0; first < cycle.frames; first += most) {
    Cycle part = cycle;
    part.frames = std::min(cycle.frames - first, most);
    if (cycle.clock_rate > 0)
      part.monotonic_ns += static_cast<std::int64_t>(first * 1e9 / (rate * cycle.clock_rate));
    run(part, first);
  }
}

}  // namespace refwave::core
