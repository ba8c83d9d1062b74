#include "driver/core/stream/stream.h"

#include <gtest/gtest.h>

#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

using namespace test;

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

}  // namespace
}  // namespace refwave::core
