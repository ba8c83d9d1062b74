// The patience of the commands does not count time in which the program itself was stopped.
#include <gtest/gtest.h>

#include "inf/cli/wave_client/wave_out.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

// A position of 32 bits, in bytes or in frames.
TEST(Long_count, Goes_on_after_each_wrap) {
  cli::LongCount count;
  constexpr std::uint64_t kStep = 1'500'000'000;
  for (std::uint64_t whole = 0; whole < (std::uint64_t{1} << 36U); whole += kStep)
    ASSERT_EQ(count.follow(static_cast<std::uint32_t>(whole)), whole);
}

class RunningTimes : public WithFolder {};

TEST_F(RunningTimes, Let_a_player_that_was_stopped_play_to_its_end) {
  const PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = write_wav("a.wav", 48000 * 2);
  const Outcome outcome =
      run_bash("refwave play " + file + " & player=$!; refwave record --seconds 2 " + path("b.wav") +
                   " & both=\"$player $!\"; sleep 1; kill -STOP $both; sleep 7; kill -CONT $both; wait $both",
               {.environment = {"COLUMNS=300"}});
  EXPECT_EQ(outcome.err.find("for five seconds"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.out.find("played " + file + ": 0:02.000 of"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("recorded " + path("b.wav") + ": 0:02.000 of"), std::string::npos)
      << outcome.out;
}

}  // namespace
}  // namespace refwave::test
