// The gains of a run of frames, as the kernels take them. A plain value.
#pragma once

#include <array>
#include <cstddef>

#include "dsp/format.h"

namespace refwave::dsp {

/// Output channel c has `start[c]` at the first frame and `slope[c]` more each frame. gain.h makes them; the
/// default is unity throughout.
struct GainRun {
  std::size_t frames = 0;
  std::array<float, kMaxChannels> start = {1, 1, 1, 1, 1, 1, 1, 1};
  std::array<float, kMaxChannels> slope = {};
};

}  // namespace refwave::dsp
