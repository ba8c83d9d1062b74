// Volume: the gain of each channel, its ramps, and that unity changes nothing.
#include "dsp/gain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
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

TEST(Gain, The_same_target_again_neither_restarts_nor_stretches_a_ramp) {
  Gain gain(with_channels(1), kRamp);
  std::vector<float> line;
  for (std::uint32_t frame = 0; frame < kRamp; ++frame) {
    gain.set_target(0.5F, 0.5F);
    line.push_back(envelope(gain, 1, 1, 1)[0]);
  }

  EXPECT_FALSE(gain.ramping());
  EXPECT_NEAR(line[kRamp / 2 - 1], 0.75F, 1e-6F);
  EXPECT_NEAR(line.back(), 0.5F, 1e-6F);
}

TEST(Gain, A_jump_and_a_ramp_of_no_frames_are_immediate) {
  Gain jumping(with_channels(1), kRamp);
  jumping.set_target(0.0F, 0.0F);
  jumping.jump(0.5F, 0.5F);
  Gain abrupt(with_channels(1), 0);
  abrupt.set_target(0.5F, 0.5F);

  EXPECT_EQ(envelope(jumping, 1, 3, 3), std::vector<float>(3, 0.5F));
  EXPECT_EQ(envelope(abrupt, 1, 3, 3), std::vector<float>(3, 0.5F));
}

TEST(Gain, Unity_changes_no_bit_before_and_after_a_ramp) {
  const std::vector<float> samples = {0.1F, -0.3F, 1e-45F, 0.99999994F, -1.0F, 1.1754944e-38F};
  const ChannelMap map(with_channels(2), with_channels(2));
  Gain gain(with_channels(2), 16);
  for (const bool ramped : {false, true}) {
    if (ramped) {
      gain.set_target(0.3F, 0.7F);
      envelope(gain, 2, 11, 3);
      gain.set_target(1.0F, 1.0F);
      envelope(gain, 2, 16, 5);
    }
    std::vector<float> bus(samples.size());

    mix(map, gain, samples.data(), bus.data(), samples.size() / 2);

    for (std::size_t i = 0; i < samples.size(); ++i) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(bus[i]), std::bit_cast<std::uint32_t>(samples[i]));
    }
  }
}

}  // namespace
}  // namespace refwave::dsp
