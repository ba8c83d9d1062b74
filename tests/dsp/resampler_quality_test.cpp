// Sines at each quality, held to the figures of dsp/RESULTS.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "dsp/resampler.h"
#include "tests/dsp/sine.h"

namespace refwave::dsp {
namespace {

Conversion by(const Rates& rates, Quality quality) {
  return [=](std::vector<float> in) {
    std::vector<float> out(in.size() * rates.out / rates.in);
    const auto resampler = Resampler::make(1, rates.in, rates.out, quality);
    in.resize(in.size() + resampler->tail_frames());
    resampler->process(in.data(), in.size(), out.data(), out.size());
    return out;
  };
}

struct Sweep {
  double ripple_db = 0;        // the level's greatest deviation from 0
  double residual_db = -1000;  // the loudest
};

/// Returns: what became of sines from 20 Hz to `to_hz`.
Sweep sweep_through(const Conversion& convert, Rates rates, double to_hz, int steps) {
  Sweep worst;
  for (int step = 0; step <= steps; ++step) {
    const SineThrough found = sine_through(convert, rates, 20 + (to_hz - 20) * step / steps);
    worst.ripple_db = std::max(worst.ripple_db, std::abs(found.level_db));
    worst.residual_db = std::max(worst.residual_db, found.residual_db);
  }
  return worst;
}

/// What a quality promises, in dB; `passes` and `stops` as shares of the lower Nyquist frequency.
struct Promise {
  Quality quality;
  double residual_db;
  double passes;  // within 0.01 dB, and no image or alias of what is below that
  double sweep_db;
};
// A 32-bit program for Windows has -144.6 dB from 48 to 96 kHz (measured in Wine).
constexpr double kBest = sizeof(void*) == 4 ? -144.5 : -145;
constexpr Promise kPromises[] = {{Quality::fastest, -110, 0.816, -100},
                                 {Quality::medium, -140, 0.816, -135},
                                 {Quality::best, kBest, 0.907, kBest}};

std::string name_of(const testing::TestParamInfo<Rates>& test) {
  return std::to_string(test.param.in) + "_to_" + std::to_string(test.param.out);
}

class Quiet : public testing::TestWithParam<Rates> {
 protected:
  double nyquist() const { return std::min(GetParam().in, GetParam().out) / 2.0; }
  void expect_clean_sweep(const Promise& promise, double more_db) const {
    const Rates rates = GetParam();
    const auto sweep = sweep_through(by(rates, promise.quality), rates, promise.passes * nyquist(), 20);
    EXPECT_LT(sweep.ripple_db, 0.01);
    EXPECT_LT(sweep.residual_db, promise.sweep_db + more_db) << static_cast<int>(promise.quality);
  }
};

class Exact : public Quiet {};
INSTANTIATE_TEST_SUITE_P(ResamplerQuality, Exact,
                         testing::Values(Rates{44'100, 48'000}, Rates{48'000, 44'100}, Rates{96'000, 48'000},
                                         Rates{48'000, 96'000}, Rates{8'000, 48'000}, Rates{48'000, 8'000}),
                         name_of);

TEST_P(Exact, Leaves_sines_as_they_were) {
  const Rates rates = GetParam();
  for (const Promise& promise : kPromises) {
    for (const double share : {0.0452, 0.4535, 0.816}) {
      const SineThrough found = sine_through(by(rates, promise.quality), rates, share * nyquist());
      EXPECT_LT(found.residual_db, promise.residual_db) << share * nyquist() << " Hz";
      EXPECT_NEAR(found.phase, 0, 1e-5) << share * nyquist() << " Hz";
    }
    expect_clean_sweep(promise, 0);
  }
}

TEST_P(Exact, Medium_and_best_pass_nine_tenths_of_the_band_without_images) {
  const Rates rates = GetParam();
  for (const Quality quality : {Quality::medium, Quality::best}) {
    const auto sweep = sweep_through(by(rates, quality), rates, 0.907 * nyquist(), 40);  // 20 kHz of 44.1
    EXPECT_LT(sweep.ripple_db, 0.1);
    EXPECT_LT(sweep.residual_db, -135);
  }
}

/// Ratios whose table would be too large with a row for every phase.
class Odd : public Quiet {};
INSTANTIATE_TEST_SUITE_P(ResamplerQuality, Odd,
                         testing::Values(Rates{44'100, 47'999}, Rates{47'999, 48'000}, Rates{11'025, 192'000},
                                         Rates{192'000, 11'025}, Rates{48'000, 44'101}, Rates{8'001, 44'100}),
                         name_of);

TEST_P(Odd, Are_as_good_as_the_others) {
  for (const Promise& promise : kPromises) expect_clean_sweep(promise, 2);
}

TEST(ResamplerQuality, Best_lets_nothing_through_that_the_lower_rate_cannot_hold) {
  constexpr Rates kRates = {96'000, 44'100};
  for (const double hz : {22'060.0, 24'100.0, 30'000.0, 43'000.0}) {
    const SineThrough found = sine_through(by(kRates, Quality::best), kRates, hz);
    EXPECT_LT(found.level_db + std::max(0.0, found.residual_db), -110) << hz;
  }
}

}  // namespace
}  // namespace refwave::dsp
