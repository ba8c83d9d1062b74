// Loops: BEGINLOOP, ENDLOOP, dwLoops and BREAKLOOP. CONTRACT.md, wodMessage, "loops" and WODM_BREAKLOOP.
#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "tests/contract/completion.h"

namespace refwave::contract {
namespace {

class Loops : public WithEitherCompletion {};

constexpr DWORD kEndless = 0xFFFFFFFF;
constexpr DWORD kPeriodBytes = kPeriodFrames * kFrameBytes;

void mark(Block& block, DWORD flags, DWORD loops = 0) {
  block.header.dwFlags |= flags;
  block.header.dwLoops = loops;
}

/// "BEGINLOOP/ENDLOOP over one header …; dwLoops n plays n times".
TEST_P(Loops, One_header_plays_as_often_as_it_says) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(2, 2 * kPeriodBytes);
  const Player player(diary);
  mark(blocks[0], WHDR_BEGINLOOP | WHDR_ENDLOOP, 5);
  player.queue(blocks);
  driver.step(9);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 0U);
  driver.step(1);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 1U);
  driver.step(2);
  driver.settle();
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.frames(), 12 * kPeriodFrames);
}

/// "… or many; headers of a loop are done after its last pass"; WODM_GETPOS: "every loop pass counts".
TEST_P(Loops, Several_headers_are_done_after_the_last_pass) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(5, kPeriodBytes);
  const Player player(diary);
  mark(blocks[1], WHDR_BEGINLOOP, 4);
  mark(blocks[3], WHDR_ENDLOOP);
  player.queue(blocks);
  driver.step(12);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 1U);
  driver.step(1);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 4U);
  driver.step(1);
  driver.settle();
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.frames(), 14 * kPeriodFrames);
}

/// "dwLoops n …: 0 as 1 (ours)".
TEST_P(Loops, No_passes_are_one) {
  const LoadedDriver driver(settings());
  for (const DWORD loops : {0U, 1U}) {
    Diary diary;
    Blocks blocks = silent_blocks(2, 400);
    const Player player(diary);
    mark(blocks[0], WHDR_BEGINLOOP, loops);
    mark(blocks[1], WHDR_ENDLOOP, loops);
    player.queue(blocks);
    EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 2; }));
    EXPECT_EQ(player.frames(), 200U);
  }
}

/// WODM_BREAKLOOP: "the current pass ends, then on behind the loop"; "0xFFFFFFFF until BREAKLOOP or reset".
TEST_P(Loops, An_endless_loop_ends_with_the_pass_in_which_it_is_broken) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 2 * kPeriodBytes);
  const Player player(diary);
  mark(blocks[0], WHDR_BEGINLOOP, kEndless);
  mark(blocks[1], WHDR_ENDLOOP);
  player.queue(blocks);
  driver.step(401);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 0U);
  EXPECT_EQ(waveOutBreakLoop(player.handle()), MMSYSERR_NOERROR);
  driver.step(3);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 2U);
  driver.step(10);
  driver.settle();
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.frames(), 406 * kPeriodFrames);
}

/// WODM_BREAKLOOP: "nothing looping → NOERROR, no effect".
TEST_P(Loops, Breaking_when_nothing_loops_has_no_effect_on_a_later_loop) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(2, 2 * kPeriodBytes);
  const Player player(diary);
  EXPECT_EQ(waveOutBreakLoop(player.handle()), MMSYSERR_NOERROR);
  player.queue(blocks[0]);
  driver.step(1);
  EXPECT_EQ(waveOutBreakLoop(player.handle()), MMSYSERR_NOERROR);
  driver.step(5);
  mark(blocks[1], WHDR_BEGINLOOP | WHDR_ENDLOOP, 3);
  player.queue(blocks[1]);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 2; }));
  EXPECT_EQ(player.frames(), 8 * kPeriodFrames);
}

/// "END without BEGIN …: documented, never hangs": it plays once.
TEST_P(Loops, An_end_without_a_beginning_plays_once) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 400);
  const Player player(diary);
  mark(blocks[1], WHDR_ENDLOOP, 7);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 3; }));
  EXPECT_EQ(player.frames(), 300U);
}

/// "BEGIN without END …: never hangs": when the blocks run out, all are done; later ones play as ever.
TEST_P(Loops, A_beginning_without_an_end_does_not_hang) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(5, 400);
  Blocks later = silent_blocks(100, 400);
  const Player player(diary);
  mark(blocks[1], WHDR_BEGINLOOP, 3);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 5; }));
  EXPECT_EQ(player.frames(), 500U);
  player.queue(later);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 105; }));
}

/// "nested: documented, never hangs".
TEST_P(Loops, A_loop_inside_a_loop_does_not_hang) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(6, 400);
  const Player player(diary);
  mark(blocks[0], WHDR_BEGINLOOP, 3);
  mark(blocks[2], WHDR_BEGINLOOP, 2);
  mark(blocks[3], WHDR_ENDLOOP);
  mark(blocks[4], WHDR_ENDLOOP);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 6; }));
  expect_done_once_in_order(diary, blocks);
}

/// A loop of nothing, for ever: it is not played within one period for ever.
TEST_P(Loops, An_endless_loop_of_no_length_does_not_hang) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks;
  for (const std::size_t bytes : {0, 0, 400}) blocks.emplace_back(bytes);
  const Player player(diary);
  mark(blocks[0], WHDR_BEGINLOOP, kEndless);
  mark(blocks[1], WHDR_ENDLOOP);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 3; }));
}

/// DESIGN.md, More headers than the ring holds: "A loop with more headers than the ring is refused at the
/// write that would not fit (MMSYSERR_NOMEM)".
TEST_P(Loops, A_loop_longer_than_the_ring_is_refused_where_it_would_not_fit) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(17, 400);
  const Player player(diary);
  mark(blocks[0], WHDR_BEGINLOOP, 2);
  for (std::size_t i = 0; i < 16; ++i) player.queue(blocks[i]);
  player.prepare(blocks[16]);
  EXPECT_EQ(player.write(blocks[16]), MMSYSERR_NOMEM);
  EXPECT_FALSE(blocks[16].queued());
  player.reset();
  EXPECT_EQ(diary.count_done(), 16U);
  player.queue(blocks[16]);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 17; }));
}

/// A loop behind a full ring waits its turn and plays all the same.
TEST_P(Loops, Play_in_their_turn_behind_a_full_ring) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(60, 400);
  const Player player(diary);
  mark(blocks[30], WHDR_BEGINLOOP, 3);
  mark(blocks[40], WHDR_ENDLOOP);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 60; }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.frames(), 6'000U + 2 * 1'100);
}

/// The same while the ring's first message is still being told: a client that takes its time in there.
TEST(LoopsBehindTheRing, Keep_their_passes_while_a_callback_takes_long) {
  constexpr std::size_t kPlain = 12;
  constexpr std::size_t kLoop = 10;
  const LoadedDriver driver(stepped("ring=16"));
  std::promise<void> begun;
  std::promise<void> over;
  Diary diary;
  diary.reaction = [&, first = true](const Message& message) mutable {
    if (message.message != WOM_DONE || !std::exchange(first, false)) return;
    begun.set_value();
    over.get_future().wait();
  };
  Blocks blocks = silent_blocks(kPlain + kLoop, 192);
  const Player player(diary);
  mark(blocks[kPlain], WHDR_BEGINLOOP, 5);
  mark(blocks[kPlain + kLoop - 1], WHDR_ENDLOOP);
  player.queue(blocks);
  driver.step(1);
  ASSERT_EQ(begun.get_future().wait_for(kPatience), std::future_status::ready);
  driver.step(300);  // all that the ring holds and the first header's place, then 0.7 s of silence
  EXPECT_EQ(player.frames(), 17U * 48);
  over.set_value();
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == blocks.size(); }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.frames(), (kPlain + 5 * kLoop) * 48);
}

/// The client writes a loop's headers one after the other, and a period may fall between two of them.
TEST_P(Loops, A_period_between_the_writes_of_a_loop_takes_no_pass_from_it) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, kPeriodBytes);
  const Player player(diary);
  mark(blocks[0], WHDR_BEGINLOOP, 4);
  mark(blocks[2], WHDR_ENDLOOP);
  for (Block& block : blocks) {
    player.queue(block);
    driver.step(3);
  }
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 3; }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.frames(), 4 * 3 * kPeriodFrames);
}

/// What is heard of A (B C) × 2 D is A B C B C D.
TEST_P(Loops, What_is_heard_is_each_pass_in_order) {
  const LoadedDriver driver(settings("loop=true"));
  Diary played;
  Diary recorded;
  Blocks blocks;
  for (const char letter : {'A', 'B', 'C', 'D'})
    blocks.emplace_back(std::vector<char>(100 * kFrameBytes, letter));
  Block target(600 * kFrameBytes);
  const Player player(played);
  const Listener listener(recorded);
  mark(blocks[1], WHDR_BEGINLOOP, 2);
  mark(blocks[2], WHDR_ENDLOOP);
  listener.queue(target);
  listener.start();
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return recorded.count(WIM_DATA) == 1; }));
  std::string heard;
  for (std::size_t i = 0; i < 6; ++i) heard += target.header.lpData[i * 400];
  EXPECT_EQ(heard, "ABCBCD");
}

INSTANTIATE_WITH_EITHER_COMPLETION(Loops);

}  // namespace
}  // namespace refwave::contract
