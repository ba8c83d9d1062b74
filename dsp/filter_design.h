// The filters of the resampler: length, steepness, depth and formula. Plain arithmetic; control threads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::dsp {

enum class Quality : std::uint8_t { fastest, medium, best };

/// A low-pass filter: a sinc under a Kaiser window, which fades its ends out.
struct FilterShape {
  std::size_t half_frames = 0;  // its length on each side of its middle, in input frames
  double cutoff = 1;            // the frequency of -6 dB, as a share of the input's Nyquist frequency
  double beta = 0;              // of the Kaiser window
  double window_peak = 1;       // I0(beta)
  bool in_double = false;       // whether the large products are added in double

  friend bool operator==(const FilterShape&, const FilterShape&) = default;
};

/// Returns: the filter of that quality. It cuts at the lower of the two Nyquist frequencies.
FilterShape filter_shape(Quality quality, std::uint32_t in_rate, std::uint32_t out_rate) noexcept;

/// Returns: the impulse response `frames` input frames from the middle; its sum over all is about 1.
double impulse_response(const FilterShape& shape, double frames) noexcept;

}  // namespace refwave::dsp
