// The patience of the commands: time in which the program itself did not run counts for nothing.
#include "driver/cli/console/running_time.h"

#include <gtest/gtest.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

using namespace std::chrono_literals;

TEST(Running_time, Is_the_time_between_looks) {
  const cli::RunningTime::Clock::time_point begin{};
  cli::RunningTime time(cli::RunningTime::kLongestStep, begin);
  EXPECT_EQ(time.so_far(begin + 50ms), 50ms);
  EXPECT_EQ(time.so_far(begin + 120ms), 120ms);
}

TEST(Running_time, Stands_still_while_the_program_does) {
  const cli::RunningTime::Clock::time_point begin{};
  cli::RunningTime time(cli::RunningTime::kLongestStep, begin);
  time.so_far(begin + 100ms);
  EXPECT_EQ(time.so_far(begin + 100ms + 13s), 350ms);
  EXPECT_EQ(time.so_far(begin + 150ms + 13s), 400ms);
}

class RunningTimes : public WithFolder {};

TEST_F(RunningTimes, Let_a_player_that_was_stopped_play_to_its_end) {
  const PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = write_wav("a.wav", 48000 * 2);
  for (const std::string& command : {"play " + file, "record --seconds 2 " + path("b.wav")}) {
    const Outcome outcome =
        run_bash("refwave " + command + " & sleep 1; kill -STOP $!; sleep 7; kill -CONT $!; wait $!");
    EXPECT_EQ(outcome.err.find("for five seconds"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.out.find(": 0:02.000 of"), std::string::npos) << outcome.err;
  }
}

}  // namespace
}  // namespace refwave::test
