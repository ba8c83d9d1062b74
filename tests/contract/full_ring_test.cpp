// More headers than the ring holds, and incomplete loops: the played frames, exactly, when a notifier calls
// the client (deferred) and when the audio thread does (direct).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <future>
#include <string>
#include <utility>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

class FullRing : public testing::TestWithParam<const char*> {
 protected:
  /// Returns: settings for a stepped device with this test's completion, and `more`.
  static std::string settings(const std::string& more) {
    return stepped(std::string("completion=") + GetParam() + "; " + more);
  }
};

void mark_loop(Block& first, Block& last, DWORD loops) {
  first.header.dwFlags |= WHDR_BEGINLOOP;
  first.header.dwLoops = loops;
  last.header.dwFlags |= WHDR_ENDLOOP;
}

/// MESSAGES.md, WHDR_BEGINLOOP.last_pass: here for a loop that waits outside a full ring.
TEST_P(FullRing, A_loop_outside_of_it_plays_in_its_turn) {
  LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(60, 100);
  const Stream player(driver, Direction::output, diary);
  mark_loop(blocks[30], blocks[40], 3);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == 60; }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.position(), 6'000U + 2 * 1'100);
}

/// The callback of the ring's first message is still running, so nothing moves into the ring until it
/// returns.
TEST(FullRingWithASlowClient, Loops_keep_their_passes_while_a_callback_takes_long) {
  constexpr std::size_t kPlain = 12;
  constexpr std::size_t kLoop = 10;
  LoadedDriver driver(stepped("ring=16"));
  std::promise<void> begun;
  std::promise<void> over;
  Diary diary;
  diary.reaction = [&, first = true](const Note& note) mutable {
    if (note.message != WOM_DONE || !std::exchange(first, false)) return;
    begun.set_value();
    over.get_future().wait();
  };
  Blocks blocks = silent_blocks(kPlain + kLoop, 48);
  const Stream player(driver, Direction::output, diary);
  mark_loop(blocks[kPlain], blocks[kPlain + kLoop - 1], 5);
  player.queue(blocks);
  driver.step(1);
  ASSERT_EQ(begun.get_future().wait_for(kPatience), std::future_status::ready);
  // The frames of the whole ring, the first header's entry included, then 0.7 s of silence.
  driver.step(300);
  EXPECT_EQ(player.position(), 17U * 48);
  over.set_value();
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == blocks.size(); }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.position(), (kPlain + 5 * kLoop) * 48);
}

/// The client writes a loop's headers one after the other, and a period may fall between two of them.
TEST_P(FullRing, A_period_between_the_writes_of_a_loop_takes_no_pass_from_it) {
  LoadedDriver driver(settings("ring=256"));
  Diary diary;
  Blocks blocks = silent_blocks(3, kPeriodFrames);
  const Stream player(driver, Direction::output, diary);
  mark_loop(blocks[0], blocks[2], 4);
  for (Block& block : blocks) {
    player.queue(block);
    driver.step(3);
  }
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == 3; }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.position(), 4 * 3 * kPeriodFrames);
}

/// The thread that makes room moves the headers in, before the ring is empty.
TEST_P(FullRing, What_waits_outside_of_it_is_heard_without_a_gap) {
  constexpr std::size_t kBlocks = 80;
  constexpr std::size_t kFrames = 100;
  LoadedDriver driver(settings("ring=16; loop=true"));
  Diary played;
  Diary recorded;
  Blocks blocks = silent_blocks(kBlocks, kFrames);
  for (Block& block : blocks) fill(block, std::vector<char>(kFrames * kFrameBytes, 'A'));
  Block target(kBlocks * kFrames * kFrameBytes);
  const Stream player(driver, Direction::output, played);
  const Stream listener(driver, Direction::input, recorded);
  listener.queue(target);
  listener.start();
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return recorded.done().size() == 1; }));
  const char* heard = target.header.lpData;
  const auto silent = std::count(heard, heard + target.header.dwBytesRecorded, 0);
  EXPECT_EQ(silent / static_cast<std::ptrdiff_t>(kFrameBytes), 0) << "frames of silence";
  EXPECT_EQ(statistics_of(player).ullUnderruns, 0U);
}

INSTANTIATE_TEST_SUITE_P(Completion, FullRing, testing::Values("deferred", "direct"),
                         [](const auto& completion) { return std::string(completion.param); });

}  // namespace
}  // namespace refwave::contract
