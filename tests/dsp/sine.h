// Sines, their steps, playback rates and pitches for the tests of dsp.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numbers>
#include <vector>

#include "dsp/speed/speed.h"

namespace refwave::dsp {

inline constexpr double kAmplitude = 0.5;

inline Factor factor(double times) { return static_cast<Factor>(std::lround(times * kUnity)); }

inline std::unique_ptr<Speed> speed_at(std::uint32_t sample_rate, double rate, double pitch) {
  auto speed = Speed::make(1, sample_rate, Quality::medium);
  EXPECT_TRUE(speed && speed->prepare(factor(rate), factor(pitch)));
  speed->set(factor(rate), factor(pitch));
  return speed;
}

inline float sine_at(double hz, double rate, double frame) {
  return static_cast<float>(kAmplitude * std::sin(2 * std::numbers::pi * hz * frame / rate));
}

inline std::vector<float> sine(double hz, double rate, std::size_t frames) {
  std::vector<float> samples(frames);
  for (std::size_t i = 0; i < frames; ++i) samples[i] = sine_at(hz, rate, static_cast<double>(i));
  return samples;
}

inline float greatest_step(const std::vector<float>& signal) {
  float greatest = 0;
  for (std::size_t i = 1; i < signal.size(); ++i)
    greatest = std::max(greatest, std::abs(signal[i] - signal[i - 1]));
  return greatest;
}

}  // namespace refwave::dsp
