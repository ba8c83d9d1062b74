// What a clock that the test steps shows, and model/ does not compare: underruns, what is heard of a full
// ring, and who calls. The client is called by a notifier (deferred) or by the audio thread (direct).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

class SteppedClock : public testing::TestWithParam<const char*> {
 protected:
  /// Returns: settings for a stepped device with this test's completion, and `more`.
  static std::string settings(const std::string& more = {}) {
    return stepped(std::string("completion=") + GetParam() + more);
  }
};

/// The end of a stream is no underrun; a block that comes too late is one.
TEST_P(SteppedClock, An_underrun_is_counted_when_the_client_was_late) {
  LoadedDriver driver(settings());
  Client player(driver, Direction::output, 2, 100);
  player.stream.queue(player.blocks[0]);
  driver.step(5);
  EXPECT_EQ(statistics_of(player.stream).ullUnderruns, 0U);
  player.stream.queue(player.blocks[1]);
  driver.step(5);
  EXPECT_EQ(statistics_of(player.stream).ullUnderruns, 1U);
}

/// The stepping thread is the audio thread.
TEST_P(SteppedClock, The_audio_thread_calls_clients_only_when_told_to) {
  LoadedDriver driver(settings());
  const bool direct = GetParam() == std::string("direct");
  Client player(driver, Direction::output, 5, 100);
  player.queue();
  EXPECT_TRUE(driver.step_until([&] { return player.diary.done().size() == 5; }));
  for (const Note& note : player.diary.all()) {
    if (note.message == WOM_DONE) {
      EXPECT_EQ(note.thread == GetCurrentThreadId(), direct);
    }
  }
}

/// A step inside a step would be a period inside a period.
TEST_P(SteppedClock, A_step_inside_a_callback_is_refused_where_a_step_makes_the_callback) {
  LoadedDriver driver(settings());
  const bool direct = GetParam() == std::string("direct");
  LRESULT inside = -1;
  Client player(driver, Direction::output, 3, kPeriodFrames, [&](Client& self, const Note&) {
    if (self.diary.done().size() == 1) inside = driver.send(REFWAVE_STEP, 1);
  });
  player.queue();
  driver.step();
  driver.settle();
  EXPECT_EQ(inside, LRESULT{direct ? MMSYSERR_ERROR : MMSYSERR_NOERROR});
  EXPECT_EQ(driver.warnings().find("REFWAVE_STEP") != std::string::npos, direct);
  EXPECT_TRUE(driver.step_until([&] { return player.diary.done().size() == 3; }));
}

/// The thread that makes room moves the headers in, before the ring is empty.
TEST_P(SteppedClock, What_waits_outside_of_a_full_ring_is_heard_without_a_gap) {
  constexpr std::size_t kBlocks = 80;
  constexpr std::size_t kFrames = 100;
  LoadedDriver driver(settings("; ring=16; loop=true"));
  Client listener(driver, Direction::input, 1, kBlocks * kFrames);
  Client player(driver, Direction::output, kBlocks, kFrames);
  for (Block& block : player.blocks) fill(block, std::vector<char>(kFrames * kFrameBytes, 'A'));
  listener.begin();
  player.queue();
  EXPECT_TRUE(driver.step_until([&] { return listener.diary.done().size() == 1; }));
  const WAVEHDR& target = listener.blocks[0].header;
  const auto silent = std::count(target.lpData, target.lpData + target.dwBytesRecorded, 0);
  EXPECT_EQ(silent / static_cast<std::ptrdiff_t>(kFrameBytes), 0) << "frames of silence";
  EXPECT_EQ(statistics_of(player.stream).ullUnderruns, 0U);
}

INSTANTIATE_TEST_SUITE_P(Completion, SteppedClock, testing::Values("deferred", "direct"),
                         [](const auto& completion) { return std::string(completion.param); });

}  // namespace
}  // namespace refwave::contract
