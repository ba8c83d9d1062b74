// Volume: the gain of each channel, its ramps, and that unity changes nothing.
#include "dsp/gain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/dsp/sine.h"

namespace refwave::dsp {
namespace {

constexpr std::uint32_t kRamp = 480;

Format with_channels(std::uint16_t channels) { return {SampleType::f32, channels, 48'000, 0}; }

/// Returns: `frames` frames of ones in every channel, after the gain.
std::vector<float> envelope(Gain& gain, std::uint16_t channels, std::size_t frames, std::size_t period) {
  const ChannelMap map(with_channels(channels), with_channels(channels));
  const std::vector<float> ones(frames * channels, 1.0F);
  std::vector<float> bus(frames * channels);
  for (std::size_t at = 0; at < frames; at += period) {
    mix(map, gain, ones.data() + at * channels, bus.data() + at * channels, std::min(period, frames - at));
  }
  return bus;
}

TEST(Gain, Left_speakers_take_the_left_volume_and_the_others_the_mean) {
  Gain gain(with_channels(8), 0);

  gain.set_target(0.25F, 0.75F);

  EXPECT_EQ(envelope(gain, 8, 1, 1),
            (std::vector<float>{0.25F, 0.75F, 0.5F, 0.5F, 0.25F, 0.75F, 0.25F, 0.75F}));
}

TEST(Gain, A_ramp_is_a_straight_line_that_ends_at_its_target) {
  for (const std::size_t period : {std::size_t{1}, std::size_t{7}, std::size_t{128}, std::size_t{5000}}) {
    Gain gain(with_channels(1), kRamp);
    gain.set_target(0.25F, 0.25F);

    const auto line = envelope(gain, 1, 2 * kRamp, period);

    for (std::size_t frame = 0; frame < line.size(); ++frame) {
      const double way = std::min(1.0, static_cast<double>(frame + 1) / kRamp);
      ASSERT_NEAR(line[frame], 1.0 - 0.75 * way, 1e-6) << frame << ", period " << period;
    }
    EXPECT_EQ(line[kRamp], 0.25F);
    EXPECT_FALSE(gain.ramping());
  }
}

TEST(Gain, A_new_target_in_the_middle_of_a_ramp_starts_from_where_it_is) {
  Gain gain(with_channels(2), kRamp);
  gain.set_target(0.0F, 0.0F);
  auto line = envelope(gain, 2, kRamp / 3, 64);
  gain.set_target(1.0F, 0.5F);
  const auto rest = envelope(gain, 2, 2 * kRamp, 64);
  line.insert(line.end(), rest.begin(), rest.end());

  std::vector<float> left = {1.0F};
  for (std::size_t i = 0; i < line.size(); i += 2) left.push_back(line[i]);

  EXPECT_LE(greatest_step(left), 1.0F / kRamp + 1e-6F);
  EXPECT_EQ(rest[rest.size() - 2], 1.0F);
  EXPECT_EQ(rest.back(), 0.5F);
}

}  // namespace
}  // namespace refwave::dsp
