// `refwave play` tells of a device that is lost while it plays, and of blocks that were written too late.
#include <gmock/gmock.h>
#include <sndfile.h>

#include <chrono>
#include <cmath>
#include <cstring>

#include "driver/cli/playing/loss_watch.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

REFWAVE_STATISTICS statistics(ULONGLONG losses, ULONGLONG returns, ULONGLONG underruns) {
  REFWAVE_STATISTICS s{};
  s.ullDeviceLosses = losses;
  s.ullDeviceReturns = returns;
  s.ullUnderruns = underruns;
  std::strcpy(s.szDevice, "speaker");
  return s;
}

/// Returns: that moment of a test.
cli::LossWatch::Time at(double seconds) {
  return cli::LossWatch::Time{} + std::chrono::milliseconds(std::lround(seconds * 1'000));
}

TEST(Loss_watch, Counts_what_is_played_between_a_loss_and_the_return) {
  cli::LossWatch watch(1000, statistics(3, 3, 0));
  EXPECT_THAT(watch.look(statistics(3, 3, 0), 500, at(0.5), false), IsEmpty());
  EXPECT_THAT(watch.look(statistics(4, 3, 0), 1000, at(1), false),
              ElementsAre("0:01.000: the device was lost; nothing is heard until it is back"));
  EXPECT_THAT(watch.look(statistics(4, 3, 0), 1500, at(1.5), false), IsEmpty());
  EXPECT_DOUBLE_EQ(watch.unheard_seconds(), 0.5);
  EXPECT_THAT(watch.look(statistics(4, 4, 0), 1700, at(1.7), false),
              ElementsAre("0:01.700: the device \"speaker\" is back"));
  EXPECT_THAT(watch.look(statistics(4, 4, 0), 5000, at(5), true), IsEmpty());
  EXPECT_DOUBLE_EQ(watch.unheard_seconds(), 0.7);
}

TEST(Loss_watch, Sums_up_a_device_that_is_lost_again_and_again) {
  cli::LossWatch watch(1000, statistics(0, 0, 0));
  std::vector<std::string> told;
  // Lost every half second for a minute, and back a quarter of a second later.
  for (unsigned quarter = 0; quarter < 240; ++quarter) {
    const auto now = statistics(quarter / 2 + 1, (quarter + 1) / 2, 0);
    for (std::string& line : watch.look(now, quarter, at(quarter / 4.0), false)) told.push_back(line);
  }
  ASSERT_GE(told.size(), 3U);
  EXPECT_EQ(told[0], "0:00.000: the device was lost; nothing is heard until it is back");
  EXPECT_EQ(told[1], "0:00.001: the device \"speaker\" is back");
  EXPECT_THAT(told[2], HasSubstr("the device was lost 10 times more"));
  EXPECT_LE(told.size(), 10U);
}

TEST(Loss_watch, Knows_which_comes_last_if_a_loss_and_a_return_come_at_once) {
  cli::LossWatch watch(1000, statistics(0, 0, 0));
  EXPECT_THAT(watch.look(statistics(1, 1, 0), 10, at(1), false),
              ElementsAre("0:00.010: the device was lost, and is back"));
  EXPECT_FALSE(watch.is_lost());
  watch.look(statistics(2, 1, 0), 20, at(20), false);
  EXPECT_THAT(watch.look(statistics(3, 2, 0), 30, at(21), false), IsEmpty());
  EXPECT_TRUE(watch.is_lost());
  EXPECT_THAT(watch.look(statistics(3, 3, 0), 40, at(22), false),
              ElementsAre("0:00.040: the device \"speaker\" is back"));
}

TEST(Loss_watch, Tells_underruns_once_a_second_and_all_of_them_at_the_end) {
  cli::LossWatch watch(1000, statistics(0, 0, 7));
  EXPECT_THAT(watch.look(statistics(0, 0, 8), 100, at(1), false), ElementsAre(HasSubstr("(1 so far)")));
  EXPECT_THAT(watch.look(statistics(0, 0, 9), 200, at(1), false), IsEmpty());
  EXPECT_THAT(watch.look(statistics(0, 0, 10), 1100, at(1), false), ElementsAre(HasSubstr("(3 so far)")));
  EXPECT_THAT(watch.look(statistics(0, 0, 11), 1200, at(1), true), ElementsAre(HasSubstr("(4 so far)")));
  EXPECT_EQ(watch.underruns(), 4U);
}

class Losses : public WithFolder {};

TEST_F(Losses, Of_a_sound_server_are_told_when_they_happen_and_make_the_status_1) {
  PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = write_noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 48000 * 8);
  bool is_killed = false;
  bool is_back = false;
  const auto server = [&](const std::string& err) {
    if (!is_killed && pulse.hears_sound()) {
      is_killed = true;
      pulse.kill_server();
    } else if (!is_back && err.find("the device was lost") != std::string::npos) {
      is_back = true;
      pulse.start_server();
    }
    return false;
  };
  const Outcome outcome = run_refwave({"play", file}, {.interrupt_when = server});
  EXPECT_TRUE(is_back);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr(": the device was lost; nothing is heard until it is back\n"),
                    HasSubstr("\" is back\n"), HasSubstr(" s were not heard, because the device was lost;")));
}

TEST_F(Losses, Of_a_device_that_nothing_may_replace_end_the_playing_with_the_reason) {
  PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = write_noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 48000 * 60);
  bool is_killed = false;
  const auto server = [&](const std::string&) {
    if (!is_killed && pulse.hears_sound()) {
      is_killed = true;
      pulse.kill_server();
    }
    return false;
  };
  const Outcome outcome = run_refwave({"play", file, "--device", "ALSA/default"}, {.interrupt_when = server});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("the device was lost"), HasSubstr("did not come back within five seconds")));
}

TEST_F(Losses, And_underruns_do_not_come_from_a_long_latency) {
  PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = write_noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000, 48000 * 2);
  for (const char* const latency : {"latency_ms=100", "latency_ms=400"}) {
    const Outcome outcome = run_refwave({"play", file, "--option", latency});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("underruns 0")) << latency;
  }
}

}  // namespace
}  // namespace refwave::test
