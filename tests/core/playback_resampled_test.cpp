// A stream whose client's rate is not the device's.
#include <gtest/gtest.h>

#include <cmath>

#include "driver/core/stream/stream.h"
#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

using test::OutputStream;

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
  OutputStream output(Done::consumed, rate);
  for (std::uint32_t written = 0; written < frames;) {
    const std::uint32_t size = std::min(frames - written, 997U);
    output.write(constant(size));
    written += size;
  }
  for (int i = 0; i < 70; ++i) output.render(480);

  EXPECT_EQ(output.done_count(), output.written.size());
  EXPECT_EQ(output.position(), frames);
  const auto exact = static_cast<std::size_t>(std::uint64_t{frames} * 48'000 / rate);
  double sum = 0;
  for (std::size_t i = 0; i < output.heard.size(); i += 2) sum += static_cast<double>(output.heard[i]);
  EXPECT_NEAR(sum / 0.5, static_cast<double>(exact), 3) << "frames heard, by their area";
  EXPECT_NEAR(output.heard[(exact - 100) * 2], 0.5F, 0.01F) << "the tail is there";
  for (std::size_t i = exact + 300; i < output.heard.size() / 2; ++i)
    ASSERT_NEAR(output.heard[i * 2], 0.0F, 1e-3F) << i;
}

TEST_P(ResampledPlayback, Its_position_never_runs_back_nor_ahead_of_what_was_heard) {
  const std::uint32_t rate = GetParam();
  OutputStream output(Done::consumed, rate);
  output.write(constant(rate));
  std::uint64_t before = 0;
  std::uint64_t rendered = 0;
  for (int i = 0; i < 90; ++i) {
    output.render(480);
    rendered += 480;
    const std::uint64_t now = output.position();
    ASSERT_GE(now, before);
    ASSERT_LE(now, rendered * rate / 48'000 + 1) << "beyond what came out of the resampler";
    before = now;
  }
}

TEST_P(ResampledPlayback, Played_blocks_end_at_the_exact_position_too) {
  const std::uint32_t rate = GetParam();
  OutputStream output(Done::played, rate);
  output.write(constant(rate / 10));
  output.write(constant(rate / 10));
  std::uint32_t finished = 0;
  for (int i = 0; i < 30; ++i) finished += output.render(480, 960);
  EXPECT_EQ(finished, 2U);
  EXPECT_EQ(output.position(), rate / 10 * 2);
}

TEST_P(ResampledPlayback, After_a_reset_nothing_of_before_is_heard) {
  OutputStream output(Done::consumed, GetParam());
  output.write(constant(GetParam()));
  output.render(480);
  output.reset();
  output.heard.clear();
  for (int i = 0; i < 5; ++i) output.render(480);
  for (const float sample : output.heard) ASSERT_EQ(sample, 0.0F);
  EXPECT_EQ(output.position(), 0U);
}

TEST(ResampledPlayback, A_sound_after_a_gap_is_whole_and_counted) {
  OutputStream output(Done::consumed, 44'100);
  for (int sound = 1; sound <= 3; ++sound) {
    output.write(constant(4'410));
    output.heard.clear();
    for (int i = 0; i < 60; ++i) output.render(480);
    double sum = 0;
    for (std::size_t i = 0; i < output.heard.size(); i += 2) sum += static_cast<double>(output.heard[i]);
    EXPECT_NEAR(sum / 0.5, 4'800, 3);
    EXPECT_EQ(output.position(), 4'410U * static_cast<unsigned>(sound));
  }
}

TEST_P(ResampledPlayback, A_block_that_comes_while_the_tail_is_brought_out_is_an_underrun) {
  const std::uint32_t rate = GetParam();
  OutputStream output(Done::consumed, rate);
  output.write(constant(rate / 10));
  while (output.done_count() == 0) output.render(16);
  output.render(16);
  output.write(constant(rate / 10));
  output.render(480);
  EXPECT_EQ(output.underruns(), 1U);
  for (int i = 0; i < 60; ++i) output.render(480);
  EXPECT_EQ(output.underruns(), 1U) << "the end is none";
}

TEST_P(ResampledPlayback, Blocks_that_come_in_time_are_no_underrun) {
  OutputStream output(Done::consumed, GetParam());
  for (int i = 0; i < 40; ++i) {
    output.write(constant(GetParam() / 50));
    output.write(constant(GetParam() / 50));
    output.render(480 * 2);
  }
  EXPECT_EQ(output.underruns(), 0U);
}

TEST(ResampledPlayback, Another_device_format_goes_on_where_the_first_stopped) {
  OutputStream output(Done::consumed, 44'100);
  output.write(constant(44'100));
  for (int i = 0; i < 10; ++i) output.render(480);
  const std::uint64_t before = output.position();
  output.playback().exchange_pipeline(
      Pipeline::make({.type = dsp::SampleType::s16, .channels = 2, .rate = 44'100},
                     {.type = dsp::SampleType::f32, .channels = 2, .rate = 44'100}, dsp::Quality::fastest));
  EXPECT_EQ(output.render(0), 0U);
  EXPECT_GE(output.position(), before);
  for (int i = 0; i < 100; ++i) output.render(441);
  EXPECT_EQ(output.done_count(), 1U);
  EXPECT_EQ(output.position(), 44'100U);
}

}  // namespace
}  // namespace refwave::core
