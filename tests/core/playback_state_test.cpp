#include "driver/core/stream/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "driver/core/stream/device_line.h"
#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

using namespace test;

TEST(PlaybackState, What_runs_dry_is_silence_and_what_is_not_running_consumes_nothing) {
  OutputStream output;
  output.write_frames(4);
  output.slot.running = false;
  EXPECT_EQ(output.render(4), 0U);
  EXPECT_EQ(output.position(), 0U);
  output.slot.running = true;
  EXPECT_EQ(output.render(8), 1U);
  EXPECT_EQ(left_of(output), (std::vector<int>{0, 0, 0, 0, 1, 3, 5, 7}));
}

TEST(PlaybackState, A_block_that_comes_too_late_is_one_underrun_however_long_the_gap) {
  OutputStream output;
  output.write_frames(10);
  for (int i = 0; i < 5; ++i) output.render(480);
  output.write_frames(10);
  output.render(480);
  EXPECT_EQ(output.underruns(), 1U);
}

TEST(PlaybackState, Neither_the_end_of_a_stream_nor_a_new_beginning_is_one) {
  OutputStream output;
  const auto write_and_end = [&](int periods) {
    output.write_frames(480);
    for (int i = 0; i < periods; ++i) output.render(480);
    EXPECT_EQ(output.underruns(), 0U);
  };
  for (int i = 0; i < 10; ++i) write_and_end(1);
  write_and_end(60);
  write_and_end(2);
  output.reset();
  output.render(480);
  write_and_end(2);
  output.slot.running = false;
  output.render(480);
  output.write_frames(10);
  output.slot.running = true;
  output.render(480);
  EXPECT_EQ(output.underruns(), 0U) << "it was written during a pause";
}

TEST(PlaybackState, A_gap_in_which_the_device_was_closed_counts_by_the_clock) {
  OutputStream output;
  constexpr std::int64_t kMs = 1'000'000;
  output.write_frames(10);
  output.render_at(1'000 * kMs, 480);
  output.write_frames(10);
  output.render_at(1'400 * kMs, 480);
  EXPECT_EQ(output.underruns(), 1U) << "the client was late";
  output.write_frames(10);
  output.render_at(2'000 * kMs, 480);
  EXPECT_EQ(output.underruns(), 1U) << "the client has restarted";
}

OutputStream* watched_output = nullptr;
std::vector<std::uint64_t> output_short_by;

/// Looks from inside the period: between the completion of one header and the start of the next.
void look_and_be_silent(const std::byte*, float* out, std::size_t samples) noexcept {
  const std::uint64_t done = watched_output->done_count() * 100;
  output_short_by.push_back(done - std::min(done, watched_output->slot.position(hal::monotonic_now_ns())));
  std::fill_n(out, samples, 0.0F);
}

TEST(PlaybackState, A_header_is_not_done_before_its_frames_are_in_the_position) {
  for (const Done done : {Done::consumed, Done::played}) {
    OutputStream output(done);
    auto spied =
        Pipeline::make(test::kStereo16, {.type = dsp::SampleType::f32, .channels = 2, .rate = 48'000},
                       dsp::Quality::fastest);
    spied->decode = &look_and_be_silent;
    output.playback().exchange_pipeline(std::move(spied));
    watched_output = &output;
    output_short_by.clear();
    for (int i = 0; i < 20; ++i) output.write_frames(100);
    for (int i = 0; i < 4; ++i) output.render({.frames = 480, .monotonic_ns = hal::monotonic_now_ns()});
    EXPECT_EQ(output.done_count(), done == Done::consumed ? 19U : 14U);
    EXPECT_THAT(output_short_by, testing::Each(0U)) << "frames";
  }
}

TEST(PlaybackState, Played_blocks_are_finished_when_they_have_been_heard_and_not_before) {
  constexpr std::uint32_t kLatency = 960;
  OutputStream output(Done::played);
  output.write_frames(480);  // last frame heard at 480 + 960
  output.write_frames(100);  // at 580 + 960
  EXPECT_EQ(output.render(480, kLatency), 0U);
  EXPECT_EQ(output.position(), 0U) << "nothing has left the device yet";
  EXPECT_EQ(output.render(480, kLatency), 0U);
  EXPECT_EQ(output.position(), 0U);
  EXPECT_EQ(output.render(480, kLatency), 0U) << "at 960: not yet";
  EXPECT_EQ(output.position(), 480U);
  EXPECT_EQ(output.render(480, kLatency), 1U) << "at 1440";
  EXPECT_EQ(output.render(480, kLatency), 1U) << "at 1920";
  EXPECT_EQ(output.position(), 580U);
}

TEST(PlaybackState, A_loop_of_several_blocks_is_heard_in_its_order) {
  OutputStream output;
  output.write(tone(1, 1));
  output.write(tone(1, 2), {.begins = true, .passes = 2});
  output.write(tone(2, 3));
  output.write(tone(1, 4), {.ends = true});
  output.write(tone(1, 5));
  for (int frame = 0; frame < 10; ++frame) output.render(1);
  EXPECT_EQ(left_of(output), (std::vector<int>{1, 2, 3, 3, 4, 2, 3, 3, 4, 5}));
}

constexpr std::uint32_t kHalfASecond = 24'000;

TEST(PlaybackState, A_pause_restarts_the_loop_end_timeout) {
  OutputStream output;
  output.write(tone(1, 1), {.begins = true, .passes = 2});
  output.render(kHalfASecond);
  output.slot.running = false;
  output.render(kHalfASecond);
  output.slot.running = true;
  EXPECT_EQ(output.render(kHalfASecond - 1), 0U);
  output.write(tone(1, 2), {.ends = true});
  EXPECT_EQ(output.render(3), 2U);
  EXPECT_EQ(output.position(), 4U);
}

TEST(PlaybackState, A_loop_is_held_by_the_clock_too_where_there_is_one) {
  OutputStream output;
  output.write(tone(1, 1), {.begins = true, .passes = 2});
  EXPECT_EQ(output.render_at(1, 480), 0U);
  EXPECT_EQ(output.render_at(499'000'000, 480), 0U);
  EXPECT_EQ(output.render_at(501'000'000, 480), 1U);
}

TEST(DeviceLine, Behind_a_gap_the_last_frame_is_heard_on_time) {
  DeviceLine line;
  line.advance(1'000, 100, 100);
  line.advance(1'000, 100, 100);  // heard at 300 + 1000
  line.advance(1'000, 0, 850);    // it is 1250
  EXPECT_EQ(line.unheard(), 50U);
  line.advance(1'000, 0, 50);
  EXPECT_EQ(line.unheard(), 0U);
}

TEST(DeviceLine, Follows_a_latency_that_changes) {
  DeviceLine line;
  for (int i = 0; i < 4; ++i) line.advance(960, 480, 0);
  line.advance(100, 480, 0);
  EXPECT_EQ(line.unheard(), 100U);
  line.advance(2'000, 480, 0);
  EXPECT_EQ(line.unheard(), 580U);
  line.advance(0, 480, 0);
  EXPECT_EQ(line.unheard(), 0U);
}

}  // namespace
}  // namespace refwave::core
