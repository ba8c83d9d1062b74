// Sines, their steps, playback rates and pitches for the tests of dsp; and how good a sound is: the nearest
// sine is taken away, and the rest measured.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
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

struct Rates {
  std::uint32_t in;
  std::uint32_t out;
};

/// A conversion of one channel, from its beginning: the output begins where the input does.
using Conversion = std::function<std::vector<float>(const std::vector<float>&)>;

struct FoundSine {
  double amplitude;
  double residual_db;  // of everything else, against the sine: noise, images, aliases
  double phase;        // in radians, at the first frame of all
};

/// Returns: the sine of that frequency that is nearest to the sound from `begin` to `end` (least squares).
inline FoundSine nearest_sine(const std::vector<float>& sound, std::size_t begin, std::size_t end, double hz,
                              std::uint32_t rate) {
  const double angle = 2 * std::numbers::pi * hz / rate;
  double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double s = std::sin(angle * static_cast<double>(i)), c = std::cos(angle * static_cast<double>(i));
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += sound[i] * s;
    xc += sound[i] * c;
  }
  const double determinant = ss * cc - sc * sc;
  const double in_phase = (xs * cc - xc * sc) / determinant;
  const double quadrature = (xc * ss - xs * sc) / determinant;
  double residual = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double at = angle * static_cast<double>(i);
    residual += std::pow(sound[i] - in_phase * std::sin(at) - quadrature * std::cos(at), 2);
  }
  const double amplitude = std::hypot(in_phase, quadrature);
  const double power = amplitude * amplitude / 2 * static_cast<double>(end - begin);
  return {amplitude, 10 * std::log10(residual / power), std::atan2(quadrature, in_phase)};
}

struct SineThrough {
  double level_db;  // of the sine that comes out, against the one that goes in
  double residual_db;
  double phase;  // against the one that goes in
};

/// Effects: converts a quarter of a second of nearly full scale, and looks at the middle half of what comes
/// out.
inline SineThrough sine_through(const Conversion& convert, Rates rates, double hz) {
  constexpr double kLoud = 0.99;
  std::vector<float> in(rates.in / 4);
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] =
        static_cast<float>(kLoud * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rates.in));
  const std::vector<float> out = convert(in);
  const auto found = nearest_sine(out, out.size() / 4, out.size() * 3 / 4, hz, rates.out);
  return {20 * std::log10(found.amplitude / kLoud), found.residual_db, found.phase};
}

}  // namespace refwave::dsp
