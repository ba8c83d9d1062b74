#include <gtest/gtest.h>

#include <vector>

#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

using test::left_of;
using test::LoopMarks;
using test::OutputStream;
using test::tone;

constexpr std::uint32_t kEndless = 0xFFFF'FFFFU;

/// Blocks, each with its own level, and what is heard of them, frame by frame.
struct Loop {
  const char* name;
  struct Part {
    std::uint32_t frames;
    LoopMarks marks;
  };
  std::vector<Part> blocks;  // the first has level 1
  std::vector<int> heard;
  std::vector<std::size_t> done;  // headers, after each frame
};

class Loops : public testing::TestWithParam<Loop> {};

TEST_P(Loops, Are_played_as_often_as_asked_and_are_done_after_the_last_pass) {
  OutputStream output;
  std::int16_t level = 0;
  for (const auto& [frames, marks] : GetParam().blocks) output.write(tone(frames, ++level), marks);
  std::vector<std::size_t> done;
  for (std::size_t i = 0; i < GetParam().done.size(); ++i) {
    output.render(1);
    done.push_back(output.done_count());
  }
  EXPECT_EQ(left_of(output), GetParam().heard);
  EXPECT_EQ(done, GetParam().done);
  EXPECT_EQ(output.position(), GetParam().heard.size()) << "every pass counts";
}

INSTANTIATE_TEST_SUITE_P(
    Playback, Loops,
    testing::Values(
        Loop{"one_block",
             {{2, {.begins = true, .ends = true, .passes = 3}}, {2, {}}},
             {1, 1, 1, 1, 1, 1, 2, 2},
             {0, 0, 0, 0, 0, 1, 1, 2}},
        Loop{"several_blocks",
             {{1, {}}, {1, {.begins = true, .passes = 2}}, {2, {}}, {1, {.ends = true}}, {1, {}}},
             {1, 2, 3, 3, 4, 2, 3, 3, 4, 5},
             {1, 1, 1, 1, 1, 1, 1, 1, 4, 5}},
        Loop{"no_pass", {{2, {.begins = true, .ends = true, .passes = 0}}, {1, {}}}, {1, 1, 2}, {0, 1, 2}},
        Loop{"one_pass", {{2, {.begins = true, .ends = true, .passes = 1}}, {1, {}}}, {1, 1, 2}, {0, 1, 2}},
        Loop{"a_beginning_inside_is_ignored",
             {{1, {.begins = true, .passes = 2}}, {1, {.begins = true, .passes = 9}}, {1, {.ends = true}}},
             {1, 2, 3, 1, 2, 3},
             {0, 0, 0, 0, 0, 3}},
        Loop{"an_end_alone_is_ignored",
             {{1, {.ends = true}}, {1, {.ends = true, .passes = kEndless}}},
             {1, 2},
             {1, 2}},
        Loop{"endless_without_a_frame",
             {{0, {.begins = true, .ends = true, .passes = kEndless}},
              {0, {.begins = true, .passes = kEndless}},
              {0, {.ends = true}},
              {1, {}}},
             {4},
             {4}}),
    [](const auto& loop) { return loop.param.name; });

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
