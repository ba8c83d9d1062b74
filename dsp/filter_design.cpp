// The source is J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", IEEE
// Symposium on Circuits and Systems 1974, as A. V. Oppenheim and R. W. Schafer give it in "Discrete-Time
// Signal Processing", section 7.5.3. There a filter of depth A dB and length N frames needs
//
//   beta = 0.1102 (A - 8.7)                  for A > 50
//   (A - 7.95) / (2.285 * 2 pi * N)          of the sample rate to come down from its pass band
//
// Half of that width lies on each side of the cutoff. Width and depth are chosen for each quality below.
#include "dsp/filter_design.h"

#include <cmath>
#include <numbers>

namespace refwave::dsp {
namespace {

/// `half_frames` and `cutoff` are in frames and Nyquist frequencies of the lower of the two rates.
struct Recipe {
  double half_frames;
  double depth_db;
  double cutoff;
  bool in_double;  // float's sums of the large products leave -145 dB
};

// By Quality. At 44.1 kHz as the lower rate:
//   fastest  passes 18.3 kHz and stops at 25.8 kHz
//   medium   passes 19.5 kHz and stops at 23.9 kHz
//   best     passes 20.2 kHz and stops at 22.05 kHz
// A tone between the Nyquist frequency and the stop band is mirrored to above the pass band.
constexpr Recipe kRecipes[] = {{20, 105, 1, false}, {48, 145, 0.985, false}, {128, 160, 0.9585, true}};

/// Returns: the modified Bessel function of the first kind and order zero, by its power series.
double bessel_i0(double x) noexcept {
  double sum = 1;
  double term = 1;
  for (int k = 1; term > sum * 1e-18; ++k) {
    term *= (x / 2 / k) * (x / 2 / k);
    sum += term;
  }
  return sum;
}

double sinc(double x) noexcept {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

}  // namespace

FilterShape filter_shape(Quality quality, std::uint32_t in_rate, std::uint32_t out_rate) noexcept {
  const Recipe& chosen = kRecipes[static_cast<std::size_t>(quality)];
  // Above 1 where the output's rate is the lower one.
  const double stretch = out_rate < in_rate ? static_cast<double>(in_rate) / out_rate : 1;
  const double beta = 0.1102 * (chosen.depth_db - 8.7);
  return {.half_frames = static_cast<std::size_t>(std::ceil(chosen.half_frames * stretch)),
          .cutoff = chosen.cutoff / stretch,
          .beta = beta,
          .window_peak = bessel_i0(beta),
          .in_double = chosen.in_double};
}

double impulse_response(const FilterShape& shape, double frames) noexcept {
  const double place = frames / static_cast<double>(shape.half_frames);
  if (std::abs(place) >= 1) return 0;
  const double window = bessel_i0(shape.beta * std::sqrt(1 - place * place)) / shape.window_peak;
  return shape.cutoff * sinc(shape.cutoff * frames) * window;
}

}  // namespace refwave::dsp
