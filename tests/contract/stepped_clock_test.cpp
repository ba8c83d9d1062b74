// The times of events, exact to the device's period, which only a clock that the test steps can show. The
// client is called by a notifier (deferred) or by the audio thread (direct).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

class SteppedClock : public testing::TestWithParam<const char*> {
 protected:
  /// Returns: settings for a stepped device with this test's completion.
  static std::string settings() { return stepped(std::string("completion=") + GetParam()); }
};

/// MESSAGES.md, WODM_WRITE.own_time: here in the very period that takes a block's last frame.
TEST_P(SteppedClock, Blocks_are_done_in_the_period_that_takes_their_last_frame) {
  LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(8, 3 * kPeriodFrames);
  const Stream player(driver, Direction::output, diary);
  player.queue(blocks);
  for (std::size_t period = 1; period <= 24; ++period) {
    driver.step();
    driver.settle();
    EXPECT_EQ(diary.done().size(), period / 3);
  }
}

/// MESSAGES.md, WHDR_BEGINLOOP.last_pass: here in the very period of the last pass.
TEST_P(SteppedClock, The_headers_of_a_loop_are_done_in_the_period_of_its_last_pass) {
  LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(5, kPeriodFrames);
  const Stream player(driver, Direction::output, diary);
  blocks[1].header.dwFlags = WHDR_BEGINLOOP;
  blocks[1].header.dwLoops = 4;
  blocks[3].header.dwFlags = WHDR_ENDLOOP;
  player.queue(blocks);
  for (const auto& [periods, done] : {std::pair<std::uint32_t, std::size_t>{12, 1}, {1, 4}, {1, 5}}) {
    driver.step(periods);
    driver.settle();
    EXPECT_EQ(diary.done().size(), done);
  }
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.position(), 14 * kPeriodFrames);
}

/// MESSAGES.md, WODM_BREAKLOOP.ends_pass: here in the very pass in which it comes.
TEST_P(SteppedClock, An_endless_loop_ends_with_the_pass_in_which_it_is_broken) {
  LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 2 * kPeriodFrames);
  const Stream player(driver, Direction::output, diary);
  blocks[0].header.dwFlags = WHDR_BEGINLOOP;
  blocks[0].header.dwLoops = 0xFFFFFFFF;
  blocks[1].header.dwFlags = WHDR_ENDLOOP;
  player.queue(blocks);
  driver.step(401);
  driver.settle();
  EXPECT_EQ(diary.done().size(), 0U);
  player.tell(WODM_BREAKLOOP, "WODM_BREAKLOOP");
  driver.step(3);
  driver.settle();
  EXPECT_EQ(diary.done().size(), 2U);
  driver.step(10);
  driver.settle();
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.position(), 406 * kPeriodFrames);
}

/// MESSAGES.md, WODM_GETPOS.played: here after each period.
TEST_P(SteppedClock, The_position_counts_the_frames_of_each_period) {
  LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 1'009);
  const Stream player(driver, Direction::output, diary);
  player.queue(blocks);
  EXPECT_EQ(player.position(), 0U);
  for (DWORD period = 1; period <= 30; ++period) {
    driver.step();
    EXPECT_EQ(player.position(), std::min(period * kPeriodFrames, 3 * 1'009U));
    EXPECT_EQ(player.position(TIME_BYTES), player.position() * kFrameBytes);
  }
}

/// MESSAGES.md, WIDM_STOP.returns_current: here with the very frames that were recorded.
TEST_P(SteppedClock, Stop_returns_the_frames_of_each_period_since_start) {
  LoadedDriver driver(settings());
  constexpr DWORD kPeriodBytes = kPeriodFrames * kFrameBytes;
  Diary diary;
  Blocks blocks = silent_blocks(3, 10 * kPeriodFrames);
  const Stream listener(driver, Direction::input, diary);
  listener.queue(blocks);
  listener.start();
  driver.step(3);
  listener.tell(WIDM_STOP, "WIDM_STOP");
  EXPECT_EQ(diary.done(), std::vector<LPWAVEHDR>{&blocks[0].header});
  EXPECT_EQ(blocks[0].header.dwBytesRecorded, 3 * kPeriodBytes);
  driver.step(5);
  EXPECT_EQ(listener.position(TIME_BYTES), 3 * kPeriodBytes);
  listener.start();
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == 3; }));
  EXPECT_EQ(blocks[1].header.dwBytesRecorded, 10 * kPeriodBytes);
}

/// MESSAGES.md, WIDM_GETPOS.no_buffer: here with their number in the statistics.
TEST_P(SteppedClock, Recorded_frames_for_which_there_is_no_buffer_are_counted_as_lost) {
  LoadedDriver driver(settings());
  Diary diary;
  Block block(2 * kPeriodFrames * kFrameBytes);
  const Stream listener(driver, Direction::input, diary);
  listener.start();
  driver.step(5);
  listener.queue(block);
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == 1; }));
  driver.step(4);
  EXPECT_EQ(listener.position(), 2 * kPeriodFrames);
  EXPECT_GE(statistics_of(listener).ullUnderruns, 9 * kPeriodFrames);
}

/// The end of a stream is no underrun; a block that comes too late is one.
TEST_P(SteppedClock, An_underrun_is_counted_when_the_client_was_late) {
  LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(2, 100);
  const Stream player(driver, Direction::output, diary);
  player.queue(blocks[0]);
  driver.step(5);
  EXPECT_EQ(statistics_of(player).ullUnderruns, 0U);
  player.queue(blocks[1]);
  driver.step(5);
  EXPECT_EQ(statistics_of(player).ullUnderruns, 1U);
}

/// The stepping thread is the audio thread.
TEST_P(SteppedClock, The_audio_thread_calls_clients_only_when_told_to) {
  LoadedDriver driver(settings());
  const bool direct = GetParam() == std::string("direct");
  Diary diary;
  Blocks blocks = silent_blocks(5, 100);
  const Stream player(driver, Direction::output, diary);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == blocks.size(); }));
  for (const Note& note : diary.all()) {
    if (note.message == WOM_DONE) {
      EXPECT_EQ(note.thread == GetCurrentThreadId(), direct);
    }
  }
}

/// A step inside a step would be a period inside a period.
TEST_P(SteppedClock, A_step_inside_a_callback_is_refused_where_a_step_makes_the_callback) {
  LoadedDriver driver(settings());
  const bool direct = GetParam() == std::string("direct");
  Diary diary;
  LRESULT inside = -1;
  diary.reaction = [&](const Note& note) {
    if (note.message == WOM_DONE && diary.done().size() == 1) inside = driver.send(REFWAVE_STEP, 1);
  };
  Blocks blocks = silent_blocks(3, kPeriodFrames);
  const Stream player(driver, Direction::output, diary);
  player.queue(blocks);
  driver.step();
  driver.settle();
  EXPECT_EQ(inside, LRESULT{direct ? MMSYSERR_ERROR : MMSYSERR_NOERROR});
  EXPECT_EQ(driver.warnings().find("REFWAVE_STEP") != std::string::npos, direct);
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == blocks.size(); }));
}

INSTANTIATE_TEST_SUITE_P(Completion, SteppedClock, testing::Values("deferred", "direct"),
                         [](const auto& completion) { return std::string(completion.param); });

}  // namespace
}  // namespace refwave::contract
