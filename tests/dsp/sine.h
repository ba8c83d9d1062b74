// Sines, and playback rates and pitches, of the tests of dsp.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "dsp/speed/ratio.h"

namespace refwave::dsp {

inline constexpr double kAmplitude = 0.5;

/// Returns: a playback rate or a pitch of so many times the usual one.
inline Factor factor(double times) { return static_cast<Factor>(std::lround(times * kUnity)); }

inline float sine_at(double hz, double rate, double frame) {
  return static_cast<float>(kAmplitude * std::sin(2 * std::numbers::pi * hz * frame / rate));
}

inline std::vector<float> sine(double hz, double rate, std::size_t frames) {
  std::vector<float> samples(frames);
  for (std::size_t i = 0; i < frames; ++i) samples[i] = sine_at(hz, rate, static_cast<double>(i));
  return samples;
}

}  // namespace refwave::dsp
