// Reset, pause, restart and close of an output.
#include <gtest/gtest.h>

#include "tests/contract/completion.h"

namespace refwave::contract {
namespace {

class Reset : public WithEitherCompletion {};
class Close : public WithEitherCompletion {};

/// CONTRACT.md, WODM_RESET: "every header that was queued when it began is done, in order, exactly once,
/// before it returns (flags always; messages too, …)".
void returns_everything(const LoadedDriver& driver, std::size_t headers) {
  Diary diary;
  Blocks blocks = silent_blocks(headers, 3 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  player.queue(blocks);
  driver.step(4);
  driver.settle();  // no callback is running
  player.reset();
  expect_done_once_in_order(diary, blocks);
  for (const Block& block : blocks) EXPECT_TRUE(block.done());
  driver.step(10);
  driver.settle();
  EXPECT_EQ(diary.count_done(), headers);
}

TEST_P(Reset, Returns_every_block_in_order_before_it_returns) {
  returns_everything(LoadedDriver(settings()), 20);
}

TEST_P(Reset, Returns_the_headers_beyond_the_ring_too) {
  returns_everything(LoadedDriver(settings("ring=16")), 500);
}

TEST_P(Reset, Of_a_stream_that_never_played_returns_every_block) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(40, 4000);
  const Player player(diary);
  waveOutPause(player.handle());
  player.queue(blocks);
  player.reset();
  expect_done_once_in_order(diary, blocks);
}

/// CONTRACT.md, WODM_RESET: "position 0".
TEST_P(Reset, Zeroes_the_position) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(2, 100 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  player.queue(blocks[0]);
  driver.step(7);
  EXPECT_EQ(player.frames(), 7 * kPeriodFrames);
  player.reset();
  EXPECT_EQ(player.frames(), 0U);
  driver.step(3);
  EXPECT_EQ(player.frames(), 0U);
  player.queue(blocks[1]);
  driver.step(2);
  EXPECT_EQ(player.frames(), 2 * kPeriodFrames);
}

/// CONTRACT.md, WODM_RESET: "not paused".
TEST_P(Reset, Ends_a_pause) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(2, 400);
  const Player player(diary);
  EXPECT_EQ(waveOutPause(player.handle()), MMSYSERR_NOERROR);
  player.queue(blocks[0]);
  player.reset();
  player.queue(blocks[1]);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 2; }));
}

/// CONTRACT.md, WODM_RESET: "loops forgotten".
TEST_P(Reset, Forgets_loops) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 4 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  blocks[0].header.dwFlags = WHDR_BEGINLOOP;
  blocks[0].header.dwLoops = 0xFFFFFFFF;
  blocks[1].header.dwFlags = WHDR_ENDLOOP;
  player.queue(blocks[0]);
  player.queue(blocks[1]);
  driver.step(20);
  player.reset();
  EXPECT_EQ(diary.count_done(), 2U);
  player.queue(blocks[2]);
  driver.step(4);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 3U) << "not done at its time";
  driver.step(10);
  EXPECT_EQ(player.frames(), 4 * kPeriodFrames);
}

TEST_P(Reset, With_nothing_queued_does_nothing_and_may_be_repeated) {
  const LoadedDriver driver(settings());
  Diary diary;
  const Player player(diary);
  player.reset();
  player.reset();
  EXPECT_EQ(diary.count_done(), 0U);
}

/// "headers done twice after reset": the same headers, written again at once.
TEST_P(Reset, Headers_may_be_written_again_right_after_it) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(6, 2 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  constexpr std::size_t kRounds = 50;
  for (std::size_t round = 1; round <= kRounds; ++round) {
    player.queue(blocks);
    driver.step(5);
    player.reset();
    driver.settle();
    EXPECT_EQ(diary.count_done(), round * blocks.size());
  }
}

/// CONTRACT.md, WODM_PAUSE / RESTART: "idempotent; pausing keeps position and queue".
TEST_P(Reset, Pause_keeps_position_and_queue_until_restart) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(4, 4 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  player.queue(blocks);
  driver.step(6);
  EXPECT_EQ(waveOutPause(player.handle()), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutPause(player.handle()), MMSYSERR_NOERROR);
  driver.step(50);
  driver.settle();
  EXPECT_EQ(player.frames(), 6 * kPeriodFrames);
  EXPECT_EQ(diary.count_done(), 1U);
  EXPECT_TRUE(blocks[1].queued());
  EXPECT_EQ(waveOutRestart(player.handle()), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutRestart(player.handle()), MMSYSERR_NOERROR);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 4; }));
  EXPECT_EQ(player.frames(), 16 * kPeriodFrames);
}

/// What is written to a paused stream waits; the restart starts even a device that slept.
TEST_P(Reset, A_stream_paused_before_its_first_write_plays_after_restart) {
  const LoadedDriver driver(settings());
  Diary diary;
  Block block(400);
  const Player player(diary);
  waveOutPause(player.handle());
  player.queue(block);
  driver.step(5);
  EXPECT_EQ(player.frames(), 0U);
  waveOutRestart(player.handle());
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 1; }));
}

/// CONTRACT.md, WODM_CLOSE: "headers queued → WAVERR_STILLPLAYING".
TEST_P(Close, With_headers_queued_is_still_playing_and_changes_nothing) {
  const LoadedDriver driver(settings("ring=16"));
  for (const std::size_t headers : {1U, 100U}) {
    Diary diary;
    Blocks blocks = silent_blocks(headers, 400);
    Player player(diary);
    player.queue(blocks);
    EXPECT_EQ(player.close(), WAVERR_STILLPLAYING);
    EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == headers; }));
    EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
  }
}

/// CONTRACT.md, WODM_CLOSE: "all notifications delivered, WOM_CLOSE last and nothing after it".
TEST_P(Close, Delivers_what_is_pending_and_then_the_close_last_of_all) {
  const LoadedDriver driver(settings());
  for (int i = 0; i < 50; ++i) {
    Diary diary;
    Blocks blocks = silent_blocks(10, 100);
    Player player(diary);
    player.queue(blocks);
    driver.step(10);  // done, and perhaps not yet delivered
    EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
    expect_done_once_in_order(diary, blocks);
    EXPECT_EQ(diary.all().back().message, UINT{WOM_CLOSE});
    driver.step(10);
    EXPECT_EQ(diary.all().size(), 12U);
  }
}

TEST_P(Close, Twice_is_an_error) {
  const LoadedDriver driver(settings());
  Diary diary;
  Player player(diary);
  const HWAVEOUT handle = player.handle();
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutClose(handle), MMSYSERR_INVALHANDLE);
  EXPECT_EQ(waveOutReset(handle), MMSYSERR_INVALHANDLE);
  EXPECT_EQ(diary.count(WOM_CLOSE), 1U);
}

/// Statistics of the driver keep what closed streams counted.
TEST_P(Close, Keeps_the_streams_share_of_the_statistics) {
  const LoadedDriver driver(settings());
  {
    Diary diary;
    Blocks blocks = silent_blocks(10, 100);
    const Player player(diary);
    player.queue(blocks);
    driver.step(10);
    driver.settle();
    EXPECT_EQ(driver.statistics().dwSlotsInUse, 1U);
  }
  EXPECT_EQ(driver.statistics().dwSlotsInUse, 0U);
  EXPECT_EQ(driver.statistics().ullBlocks, 10U);
  EXPECT_EQ(driver.statistics().ullMessages, 10U);
  EXPECT_EQ(driver.statistics().ullUndelivered, 0U);
}

INSTANTIATE_WITH_EITHER_COMPLETION(Reset);
INSTANTIATE_WITH_EITHER_COMPLETION(Close);

}  // namespace
}  // namespace refwave::contract
