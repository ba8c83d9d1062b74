// Conversions of rates to compare: refwave's and libsamplerate's, at each quality. How good a conversion is:
// sines through it, the sine that is found taken away, the rest measured. Tests use that, too.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "dsp/filter_design.h"

namespace refwave::bench {

struct Rates {
  std::uint32_t in;
  std::uint32_t out;
};

/// A conversion of one channel, from its beginning: the output begins where the input does.
using Conversion = std::function<std::vector<float>(const std::vector<float>&)>;

struct SineThrough {
  double level_db;     // of the sine that comes out, against the one that goes in
  double residual_db;  // of everything else that comes out, against that sine: noise, images, aliases
  double phase;        // of the sine that comes out against the one that goes in, in radians
};

/// Effects: converts a sine of nearly full scale, and looks at the middle half of what comes out.
SineThrough sine_through(const Conversion& convert, Rates rates, double hz);

struct SweepThrough {
  double ripple_db;    // the level's greatest deviation from 0
  double residual_db;  // the loudest
};

/// Effects: the same for sines from 20 Hz to `to_hz`, in `steps` equal steps.
SweepThrough sweep_through(const Conversion& convert, Rates rates, double to_hz, int steps);

/// A converter of streams that counts what it holds back.
class Converter {
 public:
  virtual ~Converter() = default;
  /// Effects: makes up to `out_frames` out of up to `in_frames`. Returns: frames taken and made.
  struct Step {
    std::size_t in_used;
    std::size_t out_made;
  };
  virtual Step process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) = 0;
};

/// Throws std::runtime_error if such a converter cannot be made.
std::unique_ptr<Converter> refwave_converter(std::uint16_t channels, Rates rates, dsp::Quality quality);
std::unique_ptr<Converter> libsamplerate_converter(std::uint16_t channels, Rates rates, dsp::Quality quality);

/// Returns: `in` converted, period by period of 480 output frames, with silence after it.
std::vector<float> converted(Converter& converter, std::vector<float> in, Rates rates);

}  // namespace refwave::bench
