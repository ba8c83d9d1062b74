#include <gtest/gtest.h>

#include <vector>

#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

using test::left_of;
using test::OutputStream;
using test::tone;

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

TEST(PlaybackState, A_pause_gives_the_end_of_a_loop_half_a_second_anew) {
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
