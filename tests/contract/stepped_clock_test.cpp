// What model/ does not compare: the thread that calls the client, steps inside callbacks, and what is heard
// of a full ring; under completion = deferred and direct.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

class SteppedClock : public testing::TestWithParam<const char*> {
 protected:
  static std::string settings(const std::string& more = {}) {
    return stepped(std::string("completion=") + GetParam() + more);
  }
};

/// The stepping thread is the audio thread.
TEST_P(SteppedClock, The_audio_thread_calls_clients_only_in_a_step) {
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

/// The thread that makes room moves waiting headers in before the ring runs empty.
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
