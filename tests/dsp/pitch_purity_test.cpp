// The distortion that a pitch adds to a steady sine: the residual of a least-squares fit of amplitude, phase
// and frequency, relative to the sine.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/dsp/sine.h"

namespace refwave::dsp {
namespace {

struct PitchedTone {
  std::uint32_t sample_rate;
  double hz;
  double pitch;
};

std::string text_of(const PitchedTone& tone) {
  return std::to_string(tone.sample_rate) + " Hz, a tone of " + std::to_string(tone.hz) + " Hz, pitch " +
         std::to_string(tone.pitch);
}

/// Returns: two seconds of the tone at the pitch, without the first 0.4 s.
std::vector<float> at_pitch(const PitchedTone& tone) {
  const auto speed = speed_at(tone.sample_rate, 1, tone.pitch);
  const std::vector<float> in = sine(tone.hz, tone.sample_rate, std::size_t{tone.sample_rate} * 2);
  std::vector<float> out(in.size());
  const auto step = speed->process(in.data(), in.size(), out.data(), out.size());
  out.resize(step.out_made);
  out.erase(out.begin(), out.begin() + tone.sample_rate * 2 / 5);
  return out;
}

/// A sine of any phase, a constant, and a change of frequency to the first order.
constexpr std::size_t kTerms = 5;
using Terms = std::array<double, kTerms>;

Terms terms_at(double angle, double frames) {
  const double c = std::cos(angle * frames);
  const double s = std::sin(angle * frames);
  return {c, s, 1, frames * c, frames * s};
}

/// Returns: the solution of the normal equations, by elimination.
Terms solve(std::array<Terms, kTerms> matrix, Terms right) {
  for (std::size_t row = 0; row < kTerms; ++row) {
    for (std::size_t other = row + 1; other < kTerms; ++other) {
      const double share = matrix[other][row] / matrix[row][row];
      for (std::size_t i = row; i < kTerms; ++i) matrix[other][i] -= share * matrix[row][i];
      right[other] -= share * right[row];
    }
  }
  for (std::size_t row = kTerms; row-- > 0;) {
    for (std::size_t i = row + 1; i < kTerms; ++i) right[row] -= matrix[row][i] * right[i];
    right[row] /= matrix[row][row];
  }
  return right;
}

Terms fitted(const std::vector<float>& sound, double angle) {
  const double middle = static_cast<double>(sound.size()) / 2;
  std::array<Terms, kTerms> matrix{};
  Terms right{};
  for (std::size_t frame = 0; frame < sound.size(); ++frame) {
    const Terms terms = terms_at(angle, static_cast<double>(frame) - middle);
    for (std::size_t i = 0; i < kTerms; ++i) {
      right[i] += terms[i] * double{sound[frame]};
      for (std::size_t j = 0; j < kTerms; ++j) matrix[i][j] += terms[i] * terms[j];
    }
  }
  return solve(matrix, right);
}

/// Returns: the residual in dB, and the ratio of the frequency to the expected one.
std::pair<double, double> residual(const std::vector<float>& sound, double expected) {
  double angle = expected;
  Terms fit{};
  for (int i = 0; i < 4; ++i) {
    fit = fitted(sound, angle);
    const double power = fit[0] * fit[0] + fit[1] * fit[1];
    if (i < 3) angle += (fit[3] * fit[1] - fit[4] * fit[0]) / power;
  }
  double rest = 0;
  double tone = 0;
  const double middle = static_cast<double>(sound.size()) / 2;
  for (std::size_t frame = 0; frame < sound.size(); ++frame) {
    const Terms terms = terms_at(angle, static_cast<double>(frame) - middle);
    const double sine = fit[0] * terms[0] + fit[1] * terms[1];
    tone += sine * sine;
    rest += std::pow(double{sound[frame]} - sine - fit[2], 2);
  }
  return {10 * std::log10(rest / tone + 1e-30), angle / expected};
}

double checked_residual(const PitchedTone& tone) {
  const auto sound = at_pitch(tone);
  const double pitch = static_cast<double>(factor(tone.pitch)) / kUnity;
  const auto [db, share] = residual(sound, 2 * std::numbers::pi * tone.hz * pitch / tone.sample_rate);
  EXPECT_NEAR(share, 1, 1e-5) << text_of(tone);
  return db;
}

TEST(PitchPurity, Is_better_than_that_of_sox_for_its_tones) {
  struct Row {
    PitchedTone tone;
    double
        sox_db;  // `sox -n -r RATE -b 32 -e float tone.wav synth 4 sine HZ; sox tone.wav out.wav pitch CENTS`
  };
  constexpr Row kRows[] = {{{48'000, 997, 2}, -55},
                           {{44'100, 1'000, 2}, -75},
                           {{44'100, 440, 0.7}, -52},
                           {{8'000, 440, 2}, -37},
                           {{8'000, 300, 0.7}, -85}};
  for (const auto& [tone, sox_db] : kRows) {
    const double db = checked_residual(tone);
    RecordProperty(text_of(tone), std::to_string(db));
    EXPECT_LT(db, std::min(sox_db, -60.0)) << text_of(tone);
  }
}

TEST(PitchPurity, Is_60_dB_for_any_tone_and_pitch_within_an_octave) {
  std::mt19937 random(22);
  const auto from_to = [&](double from, double to) {
    return from * std::pow(to / from, std::uniform_real_distribution<double>(0, 1)(random));
  };
  double worst = -1'000;
  for (int i = 0; i < 30; ++i) {
    constexpr std::array<std::uint32_t, 6> kRates = {8'000, 11'025, 22'050, 44'100, 48'000, 96'000};
    const std::uint32_t rate = kRates[random() % kRates.size()];
    const double pitch = from_to(0.5, 2);
    const double most = 0.4 * rate / std::max(pitch, 1.0);
    const PitchedTone tone = {rate, from_to(80, most), pitch};
    const double db = checked_residual(tone);
    EXPECT_LT(db, -60) << text_of(tone);
    worst = std::max(worst, db);
  }
  RecordProperty("worst_db", std::to_string(worst));
}

}  // namespace
}  // namespace refwave::dsp
