// How good a conversion is: a sine through it, the sine that is found taken away, the rest measured.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <vector>

namespace refwave::dsp {

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

/// Effects: converts a quarter of a second of nearly full scale, and looks at the middle half of what comes
/// out: least squares find the sine.
inline SineThrough sine_through(const Conversion& convert, Rates rates, double hz) {
  constexpr double kAmplitude = 0.99;
  const auto angle = [hz](std::size_t frame, std::uint32_t rate) {
    return 2 * std::numbers::pi * hz * static_cast<double>(frame) / rate;
  };
  std::vector<float> in(rates.in / 4);
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] = static_cast<float>(kAmplitude * std::sin(angle(i, rates.in)));
  const std::vector<float> out = convert(in);
  const std::size_t begin = out.size() / 4, end = out.size() * 3 / 4;
  double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double s = std::sin(angle(i, rates.out)), c = std::cos(angle(i, rates.out));
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += out[i] * s;
    xc += out[i] * c;
  }
  const double determinant = ss * cc - sc * sc;
  const double in_phase = (xs * cc - xc * sc) / determinant;
  const double quadrature = (xc * ss - xs * sc) / determinant;
  double residual = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double at = angle(i, rates.out);
    residual += std::pow(out[i] - in_phase * std::sin(at) - quadrature * std::cos(at), 2);
  }
  const double amplitude = std::hypot(in_phase, quadrature);
  const double power = amplitude * amplitude / 2 * static_cast<double>(end - begin);
  return {20 * std::log10(amplitude / kAmplitude), 10 * std::log10(residual / power),
          std::atan2(quadrature, in_phase)};
}

}  // namespace refwave::dsp
