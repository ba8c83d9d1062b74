// The resampler's counts. resampler_quality_test.cpp tests its sound.
#include "dsp/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "dsp/filter_bank.h"
#include "tests/dsp/sine.h"

namespace refwave::dsp {
namespace {

/// Returns: `in` (mono) and the silence of its tail, resampled in calls of `period` output frames.
std::vector<float> resampled(Resampler& resampler, std::vector<float> in, std::size_t period) {
  in.resize(in.size() + resampler.tail_frames());
  std::vector<float> out;
  std::size_t used = 0;
  for (Step step = {0, 1}; step.in_used + step.out_made != 0; used += step.in_used) {
    std::vector<float> block(period);
    step = resampler.process(in.data() + used, in.size() - used, block.data(), period);
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(step.out_made));
  }
  return out;
}

using Case = std::tuple<Rates, Quality>;

std::string name_of_case(const testing::TestParamInfo<Case>& test) {
  constexpr const char* kNames[] = {"fastest", "medium", "best"};
  const auto [rates, quality] = test.param;
  return std::to_string(rates.in) + "_to_" + std::to_string(rates.out) + "_" +
         kNames[static_cast<std::size_t>(quality)];
}

class ResamplerCase : public testing::TestWithParam<Case> {
 protected:
  Rates rates() const { return std::get<0>(GetParam()); }
  double ratio() const { return static_cast<double>(rates().out) / rates().in; }
  std::unique_ptr<Resampler> make(std::uint16_t channels = 1) const {
    return Resampler::make(channels, rates().in, rates().out, std::get<1>(GetParam()));
  }
};
INSTANTIATE_TEST_SUITE_P(Resampler, ResamplerCase,
                         testing::Combine(testing::Values(Rates{44'100, 48'000}, Rates{48'000, 44'100},
                                                          Rates{8'000, 48'000}, Rates{192'000, 8'000},
                                                          Rates{11'025, 192'000}, Rates{48'000, 48'000}),
                                          testing::Values(Quality::fastest, Quality::medium, Quality::best)),
                         name_of_case);

TEST_P(ResamplerCase, Output_is_as_long_as_the_ratio_says_and_the_tail_is_enough) {
  auto resampler = make();
  const std::size_t frames = rates().in * 2 + 17;

  const auto out = resampled(*resampler, std::vector<float>(frames, 0.5F), 441);

  const double expected = static_cast<double>(frames) * ratio();
  EXPECT_GE(static_cast<double>(out.size()), std::floor(expected));
  EXPECT_LE(static_cast<double>(out.size()), expected + ratio() + 1);
}

TEST_P(ResamplerCase, What_is_held_back_is_counted_exactly_and_always_the_same) {
  for (const std::size_t period : {std::size_t{1}, std::size_t{331}, std::size_t{4800}}) {
    auto resampler = make();
    const std::vector<float> in(static_cast<std::size_t>(static_cast<double>(period) / ratio()) + 4000, 0.5F);
    std::vector<float> out(period);
    std::size_t used = 0;
    std::size_t made = 0;
    for (int call = 0; call < 50; ++call) {
      const auto step = resampler->process(in.data(), in.size(), out.data(), out.size());
      used += step.in_used;
      made += step.out_made;
      const double held = static_cast<double>(used) - static_cast<double>(made) / ratio();
      ASSERT_EQ(step.out_made, period);
      ASSERT_NEAR(resampler->delay_frames(), held, 1e-6);
      ASSERT_NEAR(held, static_cast<double>(resampler->tail_frames()), 1.000001 + 1 / ratio())
          << "call " << call;
    }
  }
}

TEST_P(ResamplerCase, The_size_of_the_calls_changes_no_bit_and_a_reset_begins_again) {
  auto resampler = make();
  const auto in = sine(440, rates().in, rates().in / 20);
  const auto whole = resampled(*resampler, in, 1 << 16);

  for (const std::size_t period : {std::size_t{1}, std::size_t{61}, std::size_t{512}}) {
    resampler->reset();
    EXPECT_EQ(resampler->delay_frames(), 0);
    EXPECT_EQ(resampled(*resampler, in, period), whole) << period;
  }
}

TEST_P(ResamplerCase, Exactly_the_missing_input_makes_the_output_and_channels_stay_apart) {
  auto resampler = make(2);
  std::vector<float> in(200'000, 0.25F);
  for (std::size_t i = 1; i < in.size(); i += 2) in[i] = 0.5F;
  std::vector<float> out(std::size_t{2} * 600);
  for (const std::size_t frames : {1U, 2U, 15U, 128U, 1U, 600U, 17U, 480U}) {
    const std::size_t missing = resampler->missing(frames);
    ASSERT_LE(missing * 2, in.size());
    const auto step = resampler->process(in.data(), missing, out.data(), frames);
    ASSERT_EQ(step.in_used, missing) << frames;
    ASSERT_EQ(step.out_made, frames);
    for (std::size_t i = 0; i < 2 * frames; i += 2) ASSERT_NEAR(out[i + 1], 2 * out[i], 1e-5F);
  }
  EXPECT_NEAR(out[958], 0.25F, 1e-3F);
  EXPECT_EQ(resampler->missing(0), 0U);
}

TEST(Resampler, What_cannot_be_resampled_is_refused_and_ratios_up_to_256_are_made) {
  struct Asked {
    std::uint16_t channels;
    Rates rates;
    bool is_made;
  };
  for (const auto& [channels, rates, is_made] : {Asked{0, {44'100, 48'000}, false},
                                                 {kMaxChannels + 1, {44'100, 48'000}, false},
                                                 {2, {0, 48'000}, false},
                                                 {2, {48'000, 0}, false},
                                                 {1, {256, 1}, true},
                                                 {1, {1, 256}, true},
                                                 {1, {257, 1}, false},
                                                 {1, {1, 257}, false}})
    EXPECT_EQ(Resampler::make(channels, rates.in, rates.out, Quality::fastest) != nullptr, is_made)
        << channels << " channels, " << rates.in << " to " << rates.out;
}

TEST(FilterBank, Of_every_pair_of_rates_stays_below_a_megabyte) {
  for (const std::uint32_t in : {8'000U, 11'025U, 44'100U, 47'999U, 48'000U, 96'000U, 192'000U}) {
    for (const std::uint32_t out : {8'000U, 11'025U, 44'100U, 47'999U, 48'000U, 96'000U, 192'000U}) {
      const std::uint32_t divisor = std::gcd(in, out);
      const BankKey key = bank_key(Quality::best, in / divisor, out / divisor);
      EXPECT_LE(key.coefficients() * sizeof(float), 1'000'000U) << in << " to " << out;
    }
  }
}

}  // namespace
}  // namespace refwave::dsp
