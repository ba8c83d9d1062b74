// Conversions of rates to compare: refwave's and libsamplerate's, at each quality.
#pragma once

#include <memory>

#include "bench/resampling/quality/quality.h"
#include "dsp/filter_design.h"

namespace refwave::bench {

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
