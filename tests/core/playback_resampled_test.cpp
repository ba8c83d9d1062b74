// A stream whose client's rate is not the device's.
#include <gtest/gtest.h>

#include <cmath>

#include "driver/core/stream/stream.h"
#include "tests/core/playback_room.h"

namespace refwave::core {
namespace {

using test::PlaybackRoom;

constexpr std::uint32_t kRates[] = {8'000, 11'025, 22'050, 44'100, 47'999, 96'000, 192'000};

std::vector<std::int16_t> constant(std::uint32_t frames) {
  return std::vector<std::int16_t>(std::size_t{frames} * 2, 16'384);
}

class ResampledPlayback : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Rates, ResampledPlayback, testing::ValuesIn(kRates),
                         testing::PrintToStringParamName());

TEST_P(ResampledPlayback, Is_heard_to_its_last_frame_and_ends_at_its_exact_position) {
  const std::uint32_t rate = GetParam();
  const std::uint32_t frames = rate / 2 + 17;
  PlaybackRoom room(Done::consumed, rate);
  for (std::uint32_t written = 0; written < frames;) {
    const std::uint32_t size = std::min(frames - written, 997U);
    room.write(constant(size));
    written += size;
  }
  for (int i = 0; i < 70; ++i) room.render(480);

  EXPECT_EQ(room.done_count(), room.written.size());
  EXPECT_EQ(room.position(), frames);
  const auto exact = static_cast<std::size_t>(std::uint64_t{frames} * 48'000 / rate);
  double sum = 0;
  for (std::size_t i = 0; i < room.heard.size(); i += 2) sum += static_cast<double>(room.heard[i]);
  EXPECT_NEAR(sum / 0.5, static_cast<double>(exact), 3) << "frames heard, by their area";
  EXPECT_NEAR(room.heard[(exact - 100) * 2], 0.5F, 0.01F) << "the tail is there";
  for (std::size_t i = exact + 300; i < room.heard.size() / 2; ++i)
    ASSERT_NEAR(room.heard[i * 2], 0.0F, 1e-3F) << i;
}

TEST_P(ResampledPlayback, Its_position_never_runs_back_nor_ahead_of_what_was_heard) {
  const std::uint32_t rate = GetParam();
  PlaybackRoom room(Done::consumed, rate);
  room.write(constant(rate));
  std::uint64_t before = 0;
  std::uint64_t rendered = 0;
  for (int i = 0; i < 90; ++i) {
    room.render(480);
    rendered += 480;
    const std::uint64_t now = room.position();
    ASSERT_GE(now, before);
    ASSERT_LE(now, rendered * rate / 48'000 + 1) << "beyond what came out of the resampler";
    before = now;
  }
}

TEST_P(ResampledPlayback, Played_blocks_end_at_the_exact_position_too) {
  const std::uint32_t rate = GetParam();
  PlaybackRoom room(Done::played, rate);
  room.write(constant(rate / 10));
  room.write(constant(rate / 10));
  std::uint32_t finished = 0;
  for (int i = 0; i < 30; ++i) finished += room.render(480, 960);
  EXPECT_EQ(finished, 2U);
  EXPECT_EQ(room.position(), rate / 10 * 2);
}

TEST_P(ResampledPlayback, After_a_reset_nothing_of_before_is_heard) {
  PlaybackRoom room(Done::consumed, GetParam());
  room.write(constant(GetParam()));
  room.render(480);
  room.reset();
  room.heard.clear();
  for (int i = 0; i < 5; ++i) room.render(480);
  for (const float sample : room.heard) ASSERT_EQ(sample, 0.0F);
  EXPECT_EQ(room.position(), 0U);
}

TEST(ResampledPlayback, A_sound_after_a_gap_is_whole_and_counted) {
  PlaybackRoom room(Done::consumed, 44'100);
  for (int sound = 1; sound <= 3; ++sound) {
    room.write(constant(4'410));
    room.heard.clear();
    for (int i = 0; i < 60; ++i) room.render(480);
    double sum = 0;
    for (std::size_t i = 0; i < room.heard.size(); i += 2) sum += static_cast<double>(room.heard[i]);
    EXPECT_NEAR(sum / 0.5, 4'800, 3);
    EXPECT_EQ(room.position(), 4'410U * static_cast<unsigned>(sound));
  }
}

TEST_P(ResampledPlayback, A_block_that_comes_while_the_tail_is_brought_out_is_an_underrun) {
  const std::uint32_t rate = GetParam();
  PlaybackRoom room(Done::consumed, rate);
  room.write(constant(rate / 10));
  while (room.done_count() == 0) room.render(16);
  room.render(16);
  room.write(constant(rate / 10));
  room.render(480);
  EXPECT_EQ(room.underruns(), 1U);
  for (int i = 0; i < 60; ++i) room.render(480);
  EXPECT_EQ(room.underruns(), 1U) << "the end is none";
}

TEST_P(ResampledPlayback, Blocks_that_come_in_time_are_no_underrun) {
  PlaybackRoom room(Done::consumed, GetParam());
  for (int i = 0; i < 40; ++i) {
    room.write(constant(GetParam() / 50));
    room.write(constant(GetParam() / 50));
    room.render(480 * 2);
  }
  EXPECT_EQ(room.underruns(), 0U);
}

TEST(ResampledPlayback, Another_device_format_goes_on_where_the_first_stopped) {
  PlaybackRoom room(Done::consumed, 44'100);
  room.write(constant(44'100));
  for (int i = 0; i < 10; ++i) room.render(480);
  const std::uint64_t before = room.position();
  room.playback().exchange_pipeline(
      Pipeline::make({.type = dsp::SampleType::s16, .channels = 2, .rate = 44'100},
                     {.type = dsp::SampleType::f32, .channels = 2, .rate = 44'100}, dsp::Quality::fastest));
  EXPECT_EQ(room.render(0), 0U);
  EXPECT_GE(room.position(), before);
  for (int i = 0; i < 100; ++i) room.render(441);
  EXPECT_EQ(room.done_count(), 1U);
  EXPECT_EQ(room.position(), 44'100U);
}

}  // namespace
}  // namespace refwave::core
