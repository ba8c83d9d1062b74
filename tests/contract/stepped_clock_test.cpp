// What model/ does not compare: the thread that calls the client, and steps inside callbacks; under
// completion = deferred and direct.
#include <gtest/gtest.h>

#include <string>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

class SteppedClock : public testing::TestWithParam<const char*> {
 protected:
  static std::string settings() { return stepped(std::string("completion=") + GetParam()); }
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

INSTANTIATE_TEST_SUITE_P(Completion, SteppedClock, testing::Values("deferred", "direct"),
                         [](const auto& completion) { return std::string(completion.param); });

}  // namespace
}  // namespace refwave::contract
