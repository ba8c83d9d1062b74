// Loops, as a stream plays them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

using test::left_of;
using test::OutputStream;
using test::tone;
using testing::ElementsAre;

constexpr std::uint32_t kEndless = 0xFFFF'FFFFU;

TEST(PlaybackHalf, A_loop_of_one_block_plays_as_often_as_asked_and_is_done_after_its_last_pass) {
  OutputStream output;
  output.write(tone(2, 1), {.begins = true, .ends = true, .passes = 3});
  output.write(tone(2, 9));
  EXPECT_EQ(output.render(5), 0U);
  EXPECT_EQ(output.position(), 5U);
  EXPECT_EQ(output.render(1), 1U);
  EXPECT_EQ(output.render(4), 1U);
  EXPECT_THAT(left_of(output), ElementsAre(1, 1, 1, 1, 1, 1, 9, 9));
  EXPECT_EQ(output.position(), 8U) << "every pass counts";
}

TEST(PlaybackHalf, A_loop_of_several_blocks_repeats_them_all_and_finishes_them_together) {
  OutputStream output;
  output.write(tone(1, 5));
  output.write(tone(1, 1), {.begins = true, .passes = 2});
  output.write(tone(2, 2));
  output.write(tone(1, 3), {.ends = true});
  output.write(tone(1, 6));
  EXPECT_EQ(output.render(8), 1U) << "the loop's blocks are held until its last pass is over";
  EXPECT_EQ(output.render(1), 3U);
  EXPECT_EQ(output.render(1), 1U);
  EXPECT_THAT(left_of(output), ElementsAre(5, 1, 2, 2, 3, 1, 2, 2, 3, 6));
}

TEST(PlaybackHalf, Zero_and_one_passes_are_one) {
  for (const std::uint32_t passes : {0U, 1U}) {
    OutputStream output;
    output.write(tone(2, 1), {.begins = true, .ends = true, .passes = passes});
    output.write(tone(1, 2));
    EXPECT_EQ(output.render(4), 2U);
    EXPECT_THAT(left_of(output), ElementsAre(1, 1, 2));
  }
}

TEST(PlaybackHalf, An_endless_loop_ends_with_the_pass_in_which_it_is_broken) {
  OutputStream output;
  output.write(tone(2, 1), {.begins = true, .passes = kEndless});
  output.write(tone(2, 2), {.ends = true});
  output.write(tone(1, 3));
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(output.render(4), 0U);
  output.heard.clear();
  output.render(1);
  ++output.slot.loop_breaks;
  EXPECT_EQ(output.render(5), 3U);
  EXPECT_THAT(left_of(output), ElementsAre(1, 1, 2, 2, 3));
  EXPECT_EQ(output.position(), 4'005U);
}

TEST(PlaybackHalf, Breaking_with_nothing_looping_does_not_break_the_next_loop) {
  OutputStream output;
  ++output.slot.loop_breaks;
  output.render(1);
  output.heard.clear();
  output.write(tone(1, 1), {.begins = true, .ends = true, .passes = 3});
  output.render(4);
  EXPECT_THAT(left_of(output), ElementsAre(1, 1, 1));
}

constexpr std::uint32_t kHalfASecond = 24'000;

TEST(PlaybackHalf, A_beginning_without_an_end_dissolves_when_nothing_follows_for_half_a_second) {
  OutputStream output;
  output.write(tone(1, 1), {.begins = true, .passes = 5});
  output.write(tone(1, 2));
  EXPECT_EQ(output.render(2), 0U);
  EXPECT_EQ(output.render(kHalfASecond - 1), 0U);
  EXPECT_EQ(output.render(1), 2U);
  output.write(tone(1, 3), {.ends = true});
  output.heard.clear();
  EXPECT_EQ(output.render(2), 1U);
  EXPECT_THAT(left_of(output), ElementsAre(3));
}

TEST(PlaybackHalf, A_loop_whose_end_comes_a_period_later_plays_all_its_passes) {
  OutputStream output;
  output.write(tone(1, 1), {.begins = true, .passes = 3});
  EXPECT_EQ(output.render(2), 0U);
  output.write(tone(1, 2), {.ends = true});
  EXPECT_EQ(output.render(5), 2U);
  EXPECT_THAT(left_of(output), ElementsAre(1, 0, 2, 1, 2, 1, 2));
  EXPECT_EQ(output.position(), 6U);
}

TEST(PlaybackHalf, A_pause_gives_the_end_of_a_loop_half_a_second_anew) {
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

TEST(PlaybackHalf, A_loop_is_held_by_the_clock_too_where_there_is_one) {
  OutputStream output;
  output.write(tone(1, 1), {.begins = true, .passes = 2});
  EXPECT_EQ(output.render_at(1, 480), 0U);
  EXPECT_EQ(output.render_at(499'000'000, 480), 0U);
  EXPECT_EQ(output.render_at(501'000'000, 480), 1U);
}

TEST(PlaybackHalf, A_beginning_inside_a_loop_is_ignored) {
  OutputStream output;
  output.write(tone(1, 1), {.begins = true, .passes = 2});
  output.write(tone(1, 2), {.begins = true, .passes = 9});
  output.write(tone(1, 3), {.ends = true});
  EXPECT_EQ(output.render(9), 3U);
  EXPECT_THAT(left_of(output), ElementsAre(1, 2, 3, 1, 2, 3));
}

TEST(PlaybackHalf, An_end_alone_is_ignored) {
  OutputStream output;
  output.write(tone(1, 1), {.ends = true});
  output.write(tone(1, 2), {.ends = true, .passes = kEndless});
  EXPECT_EQ(output.render(3), 2U);
  EXPECT_THAT(left_of(output), ElementsAre(1, 2));
}

TEST(PlaybackHalf, An_endless_loop_without_a_frame_does_not_hang) {
  OutputStream output;
  output.write({}, {.begins = true, .ends = true, .passes = kEndless});
  output.write({}, {.begins = true, .passes = kEndless});
  output.write({}, {.ends = true});
  output.write(tone(1, 7));
  EXPECT_EQ(output.render(2), 4U);
  EXPECT_THAT(left_of(output), ElementsAre(7));
}

TEST(PlaybackHalf, A_reset_forgets_the_loop) {
  OutputStream output;
  output.write(tone(2, 1), {.begins = true, .ends = true, .passes = kEndless});
  output.render(3);
  EXPECT_EQ(output.reset(), 1U);
  output.write(tone(2, 2));
  output.heard.clear();
  EXPECT_EQ(output.render(8), 1U);
  EXPECT_THAT(left_of(output), ElementsAre(2, 2));
}

}  // namespace
}  // namespace refwave::core
