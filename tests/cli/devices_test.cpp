// `refwave devices` beside a blocked sound server, with many devices, with many warnings; device names that
// would command the terminal.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <thread>
#include <vector>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/own_alsa.h"
#include "tests/support/private_pulse.h"
#include "tests/support/silent_server.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(Devices, Of_a_blocked_server_are_missed_with_the_right_advice) {
  PrivatePulse pulse;
  pulse.export_environment();
  const std::string table = run_refwave({"devices"}).out;
  EXPECT_THAT(table, HasSubstr("ALSA/default"));
  EXPECT_EQ(std::ranges::count(table, '*'), 3) << "a default each way, and the legend\n" << table;
  pulse.freeze_server();
  const Outcome outcome = run_refwave({"devices"});
  pulse.thaw_server();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("Only the built-in clocked device"), Not(HasSubstr("start a"))));
  EXPECT_THAT(outcome.err, HasSubstr("does not respond"));
}

/// Once they were cut after 16 KB, and the newest were missing.
TEST(Warnings, Are_the_newest_however_many_there_are) {
  const OwnAlsa folder;
  const std::string file = folder / "refwave.toml";
  for (int i = 100; i < 350; ++i) std::ofstream(file, std::ios::app) << std::string(80, 'k') << i << " = 1\n";
  const Outcome outcome = run_refwave({"devices", "--names"}, {.environment = {"REFWAVE_CONFIG=" + file}});
  EXPECT_GT(outcome.err.size(), 16U * 1024);
  EXPECT_THAT(
      outcome.err,
      AllOf(HasSubstr("refwave.toml:250: unknown key"), HasSubstr("refwave.toml:51: unknown key"),
            Not(HasSubstr("refwave.toml:50: unknown key")), HasSubstr("50 older warnings are not kept")));
}

/// Somebody's own driver.
class Other_driver : public WithFolder {};

TEST_F(Other_driver, Has_the_devices_that_its_capabilities_tell) {
  const Outcome table = run_refwave({"devices", "-D", REFWAVE_SILENT_DRIVER});
  EXPECT_EQ(table.status, 0);
  EXPECT_THAT(table.out, testing::MatchesRegex("plays +Silence, 2 channels\n"));
  EXPECT_THAT(table.err, HasSubstr("than GETDEVCAPS"));
  EXPECT_EQ(run_refwave({"devices", "--names", "-D", REFWAVE_SILENT_DRIVER}).out, "Silence\n");
  EXPECT_THAT(run_refwave({"devices", "--json", "-D", REFWAVE_SILENT_DRIVER}).out,
              HasSubstr("\"direction\": \"output\""));
}

TEST_F(Other_driver, Keeps_no_trace_and_no_record) {
  const std::string file = write_wav("a.wav", 480);
  const std::string kept = write("x.json", "kept");
  expect_error(run_refwave({"trace", "-o", kept, "-D", REFWAVE_SILENT_DRIVER}), 1,
               HasSubstr("keeps no trace"));
  EXPECT_EQ(content(kept), "kept");
  EXPECT_THAT(run_refwave({"watch", "--", REFWAVE_COMMAND, "play", "-D", REFWAVE_SILENT_DRIVER, file}).err,
              HasSubstr("silent_driver.drv keeps no record"));
}

TEST_F(Other_driver, Is_named_if_system_ini_names_one) {
  const Surroundings named = {
      .environment = {"REFWAVE_SYSTEM_INI=" +
                      write("system.ini", "[drivers32]\nwave=" REFWAVE_SILENT_DRIVER)}};
  const auto note = HasSubstr("system.ini:2: wave names " REFWAVE_SILENT_DRIVER " for programs");
  EXPECT_THAT(run_refwave({"devices", "--names"}, named).err, note);
  EXPECT_THAT(run_refwave({"play", "-d", "clocked", write_wav("a.wav", 480)}, named).err, note);
  EXPECT_THAT(run_refwave({"devices", "--names", "-D", REFWAVE_SILENT_DRIVER}, named).err,
              Not(HasSubstr("system.ini")));
  EXPECT_THAT(run_refwave({"watch", "--", "true"}, named).err, HasSubstr("which keeps no record"));
}

class Denied : public WithFolder {};

TEST_F(Denied, Is_a_program_whose_file_is_removed_while_it_runs) {
  const Outcome outcome = run_bash(
      "cp $(command -v refwave) $(dirname $(command -v refwave))/*.so " + path("") + "; mv " +
          path("refwave") + ' ' + path("player") + "; exec 9<" + path("player") + "; rm " + path("player") +
          "; /proc/self/fd/9 play -D " REFWAVE_DRIVER " -d clocked " + write_wav("a.wav", 480),
      {.environment = {"REFWAVE_CONFIG=" + write("a.toml", "deny = [\"player\"]\n")}});
  EXPECT_THAT(outcome.err, HasSubstr("deny: player finds no device"));
}

class Terminal : public WithFolder {};

TEST_F(Terminal, Is_not_commanded_by_the_name_of_a_device) {
  // Clears the screen. The second name does so by one control character of ISO 6429, in UTF-8.
  const std::string nasty = "a\\033[2J", nasty8 =
                                             "b\xC2\x9B"
                                             "2J";
  const OwnAlsa alsa("pcm.!default { type null }\npcm.\"" + nasty + "\" { type null }\npcm.\"" + nasty8 +
                     "\" { type null }\n");
  const std::string noise = write_wav("a.wav", 4800);
  for (std::vector<std::string> words : {std::vector<std::string>{"devices"},
                                         {"devices", "--names"},
                                         {"devices", "--json"},
                                         {"doctor"},
                                         {"play", noise, "-d", "ALSA/a\033[2J"},
                                         {"trace", "--seconds", "0.1", "--output", path("a.json")},
                                         {"loopback", "--seconds", "0.5", "-d", "ALSA/a\033[2J"}}) {
    const Outcome outcome = run_refwave(words);
    EXPECT_THAT(outcome.out + outcome.err, Not(ContainsRegex("[\x01-\x09\x0B-\x1F\x7F]"))) << words[0];
    EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr("\xC2\x9B"))) << words[0];
  }
  EXPECT_THAT(run_refwave({"devices"}).out, HasSubstr("ALSA/a\\x1b[2J"));
}

// `refwave doctor` with servers and registrations of the test's own. Other faults of this machine, such as a
// busy processor, do not fail a test.

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

/// A real PulseAudio always admits its own user.
TEST_F(Doctor, Reports_a_pulseaudio_that_refuses_the_user) {
  using namespace std::string_view_literals;
  constexpr auto kRefusal =
      "\0\0\0\017\377\377\377\377\0\0\0\0\0\0\0\0\0\0\0\0"  // 15 bytes, of no stream
      "L\0\0\0\0L\0\0\0\0L\0\0\0\001"sv;                    // an error, of question 0: no access
  const SilentServer pulse(folder_ / "pulse", 8);
  const std::jthread refuser([&](const std::stop_token& end) {
    std::vector<int> clients;
    for (; !end.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
      if (!pulse.is_asked()) continue;
      clients.push_back(accept(pulse.descriptor(), nullptr, nullptr));
      std::array<char, 1> first{};
      if (recv(clients.back(), first.data(), first.size(), MSG_PEEK) > 0)
        send(clients.back(), kRefusal.data(), kRefusal.size(), MSG_NOSIGNAL);
    }
    for (const int client : clients) close(client);
  });
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
