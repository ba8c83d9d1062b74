// The kernel of the channel maps that have none of their own: any matrix.
#pragma once

#include <array>
#include <cstddef>

#include "dsp/audio_thread.h"
#include "dsp/format.h"
#include "dsp/gain_run.h"

namespace refwave::dsp {

/// How loudly each output channel hears each input channel.
struct Matrix {
  using Row = std::array<float, kMaxChannels>;

  std::size_t in_channels = 0;
  std::size_t out_channels = 0;
  std::array<Row, kMaxChannels> rows = {};  // [in][out]
};

/// Effects: adds frames times the matrix, times the run's gains, to as many on the bus. `first`: the place of
/// the first frame in the run.
using AddMapped = REFWAVE_AUDIO_THREAD void (*)(const float* in, float* bus, std::size_t frames,
                                                const Matrix& matrix, const GainRun& gain,
                                                std::size_t first) noexcept;

}  // namespace refwave::dsp
