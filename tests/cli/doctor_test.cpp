// `refwave doctor` with servers and registrations of the test's own. Other faults of this machine, such as a
// busy processor, do not fail a test.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/support/private_pulse.h"
#include "tests/support/refusing_server.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Doctor : public testing::Test {
 protected:
  void register_drivers(const std::string& lines) {
    std::ofstream(folder_ / "system.ini") << "[drivers32]\n" << lines;
  }
  std::string system_ini() const { return (folder_ / "system.ini").string(); }

  Outcome run(std::vector<std::string> arguments = {}, std::vector<std::string> environment = {}) const {
    arguments.insert(arguments.begin(), "doctor");
    environment.push_back("HOME=" + folder_.path().string());
    environment.push_back("REFWAVE_SYSTEM_INI=" + system_ini());
    const Outcome outcome = run_refwave(arguments, {.environment = environment});
    EXPECT_EQ(outcome.err, "");
    return outcome;
  }

  TemporaryFolder folder_;
};

TEST_F(Doctor, Finds_the_driver_that_is_registered_and_what_it_plays_on) {
  PrivatePulse pulse;
  pulse.export_environment();
  register_drivers("wave=" REFWAVE_DRIVER " period=240\n");
  const Outcome outcome = run();
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("wave outputs that programs find: 1; inputs: 1"),
                    HasSubstr("period = 240  (parameters of its registration)"),
                    ContainsRegex("ok  plays [*] .*default: .*takes 44100 48000"),
                    ContainsRegex("blocks of 5[.]0 ms\n  ..  [0-9]+ blocks done: p50 [0-9.]+ (µs|ms)")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("no wave driver")));
  EXPECT_EQ(outcome.status, outcome.out.ends_with("\nAll is right.\n") ? 0 : 1);
  EXPECT_EQ(outcome.status == 1, outcome.out.find("  !!  ") != std::string::npos) << outcome.out;
}

TEST_F(Doctor, Says_why_a_registered_driver_does_not_serve) {
  std::ofstream(folder_ / "text.drv") << "no library";
  register_drivers("wave=" REFWAVE_DRIVER " device=clocked\nwave1=text.drv\nwave2=missing.drv\n");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.status, 1);
  std::string words = outcome.out;
  std::erase_if(words, [](char c) { return c == ' ' || c == '\n'; });
  EXPECT_THAT(words, AllOf(HasSubstr("ok" + system_ini() + ":2:wave:"), HasSubstr("text.drv:filetooshort"),
                           HasSubstr("!!" + system_ini() + ":4:wave2:thereisnofile'missing.drv'"),
                           HasSubstr("->correctorremovetheentryat" + system_ini() + ":4:wave2")));
}

TEST_F(Doctor, Is_not_blocked_by_a_stopped_pulseaudio) {
  PrivatePulse pulse;
  pulse.export_environment();
  pulse.freeze_server();
  const Outcome outcome = run();
  pulse.thaw_server();
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("!!  the sound server does not respond\n       -> resume or restart it"),
                    Not(HasSubstr("start a sound server (")),
                    ContainsRegex("[0-9]+ blocks done: p50 [0-9.]+ (µs|ms)")));
}

TEST_F(Doctor, Reports_a_pulseaudio_that_refuses_the_user) {
  const RefusingServer pulse(folder_ / "pulse");
  std::ofstream(folder_ / "asound.conf") << "pcm.!default { type pulse }\nctl.!default { type pulse }\n";
  const std::string folder = folder_.path().string();
  const std::string page =
      run({}, {"PULSE_SERVER=unix:" + folder + "/pulse", "ALSA_CONFIG_PATH=" + folder + "/asound.conf"}).out;
  EXPECT_THAT(page, AllOf(HasSubstr("!!  PulseAudio refuses this user\n       -> run as the user"),
                          HasSubstr("because PulseAudio refuses this user"),
                          Not(HasSubstr("start a sound server ("))));
}

TEST_F(Doctor, Writes_a_report_without_the_home_folder) {
  register_drivers("wave=" REFWAVE_DRIVER " device=clocked\n");
  const std::string report = (folder_ / "report.txt").string();
  const Outcome outcome = run({"--report", report, "--option", "period=120"});
  const std::string text = contents_of(report);
  EXPECT_THAT(text, AllOf(HasSubstr("Read it before you attach it."), HasSubstr("~/system.ini:2: wave"),
                          HasSubstr("period = 120  (options of this command)"), HasSubstr("blocks of 2.5 ms"),
                          HasSubstr("\nEvery key in effect\noutput = [\"clocked\"]\n")));
  EXPECT_THAT(text, Not(HasSubstr(folder_.path().string())));
  EXPECT_THAT(outcome.out, HasSubstr("wrote " + report));
}

TEST_F(Doctor, Prints_its_page_as_json) {
  register_drivers("wave=" REFWAVE_DRIVER " device=clocked\n");
  const Outcome outcome = run({"--json"});
  const auto page = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(page["sections"][0]["name"], "Drivers");
  EXPECT_EQ(page["sections"][0]["lines"][0]["kind"], "good");
  EXPECT_EQ(outcome.status, page["not_right"] == 0 ? 0 : 1);
  EXPECT_GE(page["self_test"]["count"], 1);
}

}  // namespace
}  // namespace refwave::test
