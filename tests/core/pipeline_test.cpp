#include "driver/core/conversion/pipeline.h"

#include <gtest/gtest.h>

namespace refwave::core {
namespace {

TEST(Pipeline, Resamples_only_where_the_rates_differ) {
  const dsp::Format cd{.type = dsp::SampleType::s16, .channels = 2, .rate = 44'100};
  dsp::Format other = cd;
  other.type = dsp::SampleType::f32;
  const auto same = Pipeline::make(cd, other, dsp::Quality::fastest);
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(same->resampler, nullptr);

  other.rate = 48'000;
  const auto different = Pipeline::make(cd, other, dsp::Quality::fastest);
  ASSERT_NE(different, nullptr);
  EXPECT_NE(different->resampler, nullptr);
}

TEST(Pipeline, Goes_between_every_pair_of_rates_channels_and_qualities_that_a_client_may_ask_for) {
  for (const std::uint32_t from : {dsp::kMinRate, 44'100U, dsp::kMaxRate}) {
    for (const std::uint32_t to : {dsp::kMinRate, 48'000U, dsp::kMaxRate}) {
      for (std::uint16_t channels = 1; channels <= dsp::kMaxChannels; ++channels) {
        const dsp::Format source{.type = dsp::SampleType::s24, .channels = channels, .rate = from};
        const dsp::Format target{.type = dsp::SampleType::f32, .channels = 2, .rate = to};
        EXPECT_NE(Pipeline::make(source, target, dsp::Quality::best), nullptr) << from << " " << to;
        EXPECT_NE(Pipeline::make(target, source, dsp::Quality::fastest), nullptr) << from << " " << to;
      }
    }
  }
}

TEST(Pipeline, Rates_beyond_the_resampler_make_none) {
  const dsp::Format slow{.rate = 10};
  const dsp::Format fast{.rate = 192'000};
  EXPECT_EQ(Pipeline::make(slow, fast, dsp::Quality::fastest), nullptr);
}

}  // namespace
}  // namespace refwave::core
