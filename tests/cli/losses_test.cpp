// `refwave play` reports a device that is lost while it plays, and blocks that were written too late.
#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <cstring>

#include "inf/cli/playing/loss_watch.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/own_alsa.h"
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

cli::LossWatch::Time at(double seconds) {
  return cli::LossWatch::Time{} + std::chrono::milliseconds(std::lround(seconds * 1'000));
}

TEST(Loss_watch, Sums_up_a_device_that_is_lost_again_and_again) {
  cli::LossWatch watch(1000, statistics(0, 0, 0));
  std::vector<std::string> reported;
  // Lost every half second of a minute, each time for a quarter of a second.
  for (unsigned quarter = 0; quarter < 240; ++quarter) {
    const auto now = statistics(quarter / 2 + 1, (quarter + 1) / 2, 0);
    for (std::string& line : watch.look(now, quarter, at(quarter / 4.0), false)) reported.push_back(line);
  }
  ASSERT_GE(reported.size(), 3U);
  EXPECT_EQ(reported[0], "0:00.000: the device was lost; nothing is heard until it is back");
  EXPECT_EQ(reported[1], "0:00.001: the device \"speaker\" is back");
  EXPECT_THAT(reported[2], HasSubstr("the device was lost 10 times more"));
  EXPECT_LE(reported.size(), 10U);
}

TEST(Loss_watch, Knows_whether_a_loss_or_a_return_is_newer) {
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

TEST(Heard_places, Tell_the_time_on_each_device) {
  cli::HeardPlaces places;
  places.note(0, "a", true);
  places.note(1'000, "b", true);
  places.note(1'000, "c", true);
  places.note(4'000, "a", true);
  EXPECT_EQ(places.text(0, 5'000, 1'000), "a for 2.00 s, and c for 3.00 s");
  EXPECT_EQ(places.text(4'500, 5'000, 1'000), "a");
  places.restart();
  EXPECT_EQ(places.text(0, 5'000, 1'000), "a");
}

class Losses : public WithFolder {
 protected:
  Losses() { pulse.export_environment(); }

  void kill_when_heard() {
    if (!kill(false)) kill(pulse.hears_sound());
  }

  PrivatePulse pulse;
  const std::function<bool(bool)> kill = once([this] { pulse.kill_server(); });
};

TEST_F(Losses, Do_not_come_from_a_server_that_is_slow_at_the_start) {
  const std::string file = write_wav("a.wav", 48'000);
  const std::string config = write("refwave.toml", "peroid = 64\n");
  for (const std::string device : {"", "PulseAudio/ref"}) {
    pulse.forget_recording();
    pulse.freeze_server();
    const auto begun = std::chrono::steady_clock::now();
    const auto thaw = [&](const std::string&) {
      if (std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(2'500)) pulse.thaw_server();
      return false;
    };
    const Outcome outcome =
        run_refwave({"play", file, "--device", device},
                    {.environment = {"REFWAVE_CONFIG=" + config}, .interrupt_when = thaw});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("unknown key 'peroid'")) << "warned of before the first attempt";
    EXPECT_GE(pulse.wait_for_recording(48'000).size(), 2 * 48'000U);
  }
}

TEST_F(Losses, Of_a_server_that_never_responds_are_reported_in_seconds) {
  pulse.freeze_server();
  const std::string file = write_wav("a.wav", 48'000);
  const Outcome outcome = run_refwave({"play", file}, {.environment = {"COLUMNS=300"}});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("(the sound device is away: nothing is heard)"));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the sound server does not respond"),
                                 HasSubstr("the device did not open; nothing is heard until it does"),
                                 HasSubstr("1.00 s were not heard, because the device was away;")));
}

TEST_F(Losses, Of_a_sound_server_are_reported_when_they_happen_and_make_the_status_1) {
  const std::string file = write_wav("a.wav", 48000 * 8);
  const auto start = once([&] { pulse.start_server(); });
  const auto server = [&](const std::string& err) {
    kill_when_heard();
    start(err.find("the device was lost") != std::string::npos);
    return false;
  };
  const Outcome outcome = run_refwave({"play", file}, {.interrupt_when = server});
  EXPECT_TRUE(start(false));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr(": the device was lost; nothing is heard until it is back\n"),
                    HasSubstr("\" is back\n"), HasSubstr(" s were not heard, because the device was away;")));
}

TEST_F(Losses, Of_a_device_that_nothing_may_replace_end_the_playing_with_the_reason) {
  const std::string file = write_wav("a.wav", 48000 * 60);
  const auto server = [&](const std::string&) {
    kill_when_heard();
    return false;
  };
  const Outcome outcome = run_refwave({"play", file, "--device", "ALSA/default"}, {.interrupt_when = server});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("the device was lost"), HasSubstr("did not come back within five seconds")));
}

TEST_F(Losses, Of_a_device_that_consumes_too_fast_are_reported) {
  const std::string alsa = write("asound.conf", OwnAlsa::kHiddenNull);
  const std::string file = write_wav("a.wav", 48'000 * 20);
  const Outcome outcome = run_refwave(
      {"play", file}, {.environment = {"ALSA_CONFIG_PATH=" + alsa, "JACK_DEFAULT_SERVER=refwave-none"}});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, testing::ContainsRegex(
                               "[12][0-9]\\.[0-9]* s were not heard, because the device took them faster"));
}

}  // namespace
}  // namespace refwave::test
