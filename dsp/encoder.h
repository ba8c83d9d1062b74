// Conversion from the mix to a device's or client's samples, with dither where bits are lost. Audio thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/conversion.h"
#include "dsp/format.h"
#include "dsp/kernels/kernels.h"

namespace refwave::dsp {

/// When noise is added before rounding. `automatic`: in runs of samples of which at least one does not fit.
enum class Dither : std::uint8_t { off, on, automatic };

/// Integers of up to 24 bits are dithered. Wider ones and floats hold more than the mix has.
class Encoder {
 public:
  /// `seed`: encoders of different seeds have different noise. Thread: control.
  Encoder(const Format& format, Dither dither, std::uint32_t seed) noexcept;

  /// Effects: writes `samples` samples to `out`. The valid bits are rounded, and those below are zero.
  REFWAVE_AUDIO_THREAD void encode(const float* in, std::byte* out, std::size_t samples) noexcept;

 private:
  Encode whole_;          // of all bits, without noise
  EncodeOnGrid on_grid_;  // null for floats
  IsOnGrid is_on_grid_;
  Grid grid_;
  Dither dither_;
  bool fills_samples_;  // all bits are valid
};

}  // namespace refwave::dsp
