// Channel maps against written-out tables.
#include "dsp/channel_map.h"

#include <gtest/gtest.h>

#include <vector>

#include "dsp/speakers.h"

namespace refwave::dsp {
namespace {

constexpr float k3 = 0.70710678F;             // -3 dB
constexpr float k6 = 0.5F;                    // -6 dB
constexpr std::uint32_t kSurround51 = 0x60F;  // FL FR FC LFE SL SR

using Table = std::vector<std::vector<float>>;  // a row for each input channel

Format format(std::uint16_t channels, std::uint32_t mask = 0) {
  return {SampleType::f32, channels, 48'000, mask};
}

void expect_table(const Format& in, const Format& out, const Table& expected) {
  const ChannelMap map(in, out);
  ASSERT_EQ(expected.size(), in.channels);
  for (std::size_t from = 0; from < in.channels; ++from) {
    ASSERT_EQ(expected[from].size(), out.channels);
    for (std::size_t to = 0; to < out.channels; ++to) {
      EXPECT_NEAR(map.coefficient(from, to), expected[from][to], 1e-6F) << from << " to " << to;
    }
  }
}

TEST(ChannelMap, Equal_layouts_and_the_two_of_5_1_pass_every_channel_to_itself) {
  for (std::uint16_t channels = 1; channels <= kMaxChannels; ++channels)
    EXPECT_TRUE(ChannelMap(format(channels), format(channels, default_channel_mask(channels))).is_identity());
  EXPECT_TRUE(ChannelMap(format(6), format(6, kSurround51)).is_identity());
  EXPECT_TRUE(ChannelMap(format(6, kSurround51), format(6)).is_identity());
}

TEST(ChannelMap, Alsa_has_the_back_before_the_centre) {
  const auto alsa = [](std::uint16_t channels) { return format(channels, kAlsaOrder); };
  for (std::uint16_t channels = 1; channels <= 4; ++channels)
    EXPECT_TRUE(ChannelMap(format(channels), alsa(channels)).is_identity()) << channels;
  for (std::uint16_t channels = 5; channels <= 8; ++channels) {
    const std::vector<std::size_t> places = channels == 5 ? std::vector<std::size_t>{0, 1, 4, 2, 3}
                                                          : std::vector<std::size_t>{0, 1, 4, 5, 2, 3, 6, 7};
    Table to_device(channels, std::vector<float>(channels));
    Table from_device = to_device;
    for (std::size_t channel = 0; channel < channels; ++channel)
      to_device[channel][places[channel]] = from_device[places[channel]][channel] = 1;
    expect_table(format(channels), alsa(channels), to_device);
    expect_table(alsa(channels), format(channels), from_device);
  }
  expect_table(format(3), alsa(6), {{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 0}});
  expect_table(alsa(6), format(2), {{1, 0}, {0, 1}, {k3, 0}, {0, k3}, {k3, k3}, {0, 0}});
}

TEST(ChannelMap, Mono_and_stereo_play_on_the_front_speakers_at_full_level_unless_meant_for_another) {
  expect_table(format(1), format(2), {{1, 1}});
  expect_table(format(1), format(8), {{1, 1, 0, 0, 0, 0, 0, 0}});
  expect_table(format(1, speaker_bit(Speaker::back_left)), format(6), {{0, 0, 0, 0, 1, 0}});
  expect_table(format(2), format(6), {{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}});
}

TEST(ChannelMap, Surround_comes_down_to_stereo_as_BS_775_says) {
  expect_table(format(3), format(2), {{1, 0}, {0, 1}, {k3, k3}});
  expect_table(format(4), format(2), {{1, 0}, {0, 1}, {k3, 0}, {0, k3}});
  expect_table(format(5), format(2), {{1, 0}, {0, 1}, {k3, k3}, {k3, 0}, {0, k3}});
  expect_table(format(6), format(2), {{1, 0}, {0, 1}, {k3, k3}, {0, 0}, {k3, 0}, {0, k3}});
  expect_table(format(7), format(2), {{1, 0}, {0, 1}, {k3, k3}, {0, 0}, {k3, 0}, {0, k3}, {k6, k6}});
  expect_table(format(8), format(2), {{1, 0}, {0, 1}, {k3, k3}, {0, 0}, {k3, 0}, {0, k3}, {k3, 0}, {0, k3}});
}

TEST(ChannelMap, A_mono_device_hears_the_average_of_the_stereo_down_mix) {
  constexpr float k9 = k3 / 2;
  expect_table(format(2), format(1), {{k6}, {k6}});
  expect_table(format(3), format(1), {{k6}, {k6}, {k3}});
  expect_table(format(4), format(1), {{k6}, {k6}, {k9}, {k9}});
  expect_table(format(6), format(1), {{k6}, {k6}, {k3}, {0}, {k9}, {k9}});
  expect_table(format(8), format(1), {{k6}, {k6}, {k3}, {0}, {k9}, {k9}, {k9}, {k9}});
}

TEST(ChannelMap, Back_and_side_speakers_stand_in_for_each_other) {
  // 7.1 to 5.1: the sides join the backs, which have channels of their own.
  expect_table(format(8), format(6),
               {{1, 0, 0, 0, 0, 0},
                {0, 1, 0, 0, 0, 0},
                {0, 0, 1, 0, 0, 0},
                {0, 0, 0, 1, 0, 0},
                {0, 0, 0, 0, 1, 0},
                {0, 0, 0, 0, 0, 1},
                {0, 0, 0, 0, k3, 0},
                {0, 0, 0, 0, 0, k3}});
  expect_table(format(4), format(6, kSurround51),
               {{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 1}});
}

TEST(ChannelMap, Speakers_above_and_between_fold_to_their_neighbours) {
  const std::uint32_t above = speaker_bit(Speaker::top_front_left) | speaker_bit(Speaker::top_front_center) |
                              speaker_bit(Speaker::top_back_center);
  expect_table(format(3, above), format(5), {{k3, 0, 0, 0, 0}, {0, 0, k3, 0, 0}, {0, 0, 0, k6, k6}});
  const std::uint32_t between =
      speaker_bit(Speaker::front_left_of_center) | speaker_bit(Speaker::front_right_of_center);
  expect_table(format(2, between), format(2), {{k3, 0}, {0, k3}});
}

TEST(ChannelMap, Channels_that_no_rule_would_let_be_heard_keep_their_order) {
  const std::uint32_t backs = speaker_bit(Speaker::back_left) | speaker_bit(Speaker::back_right);
  expect_table(format(2), format(2, backs), {{1, 0}, {0, 1}});
  expect_table(format(1, speaker_bit(Speaker::low_frequency)), format(2), {{1, 0}});
}

TEST(ChannelMap, A_mask_with_too_few_speakers_is_ignored_and_one_with_too_many_is_cut) {
  EXPECT_TRUE(ChannelMap(format(6, 0x3), format(6)).is_identity());
  EXPECT_TRUE(ChannelMap(format(2, 0x63F), format(2)).is_identity());
  expect_table(format(1, 0xC), format(2), {{1, 1}});
  EXPECT_TRUE(ChannelMap(format(2, 0x8000'0003), format(2)).is_identity());
}

TEST(ChannelMap, Every_pair_of_layouts_lets_every_channel_but_LFE_be_heard) {
  for (std::uint16_t in = 1; in <= kMaxChannels; ++in) {
    for (std::uint16_t out = 1; out <= kMaxChannels; ++out) {
      const ChannelMap map(format(in), format(out));
      for (std::size_t from = 0; from < in; ++from) {
        float sum = 0;
        for (std::size_t to = 0; to < out; ++to) sum += map.coefficient(from, to);
        const bool low = speakers_of(format(in))[from] == Speaker::low_frequency;
        EXPECT_TRUE(low || sum >= 0.35F) << in << " to " << out << ", channel " << from;
      }
    }
  }
}

}  // namespace
}  // namespace refwave::dsp
