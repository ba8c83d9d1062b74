// `refwave devices` beside a blocked sound server, with many devices, with many warnings; device names that
// would command the terminal.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/own_alsa.h"
#include "tests/support/private_pulse.h"

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

TEST(Devices, Are_all_listed_however_many_there_are) {
  std::string text = "pcm.!default { type null }\n";
  for (int i = 100; i < 400; ++i) text += "pcm.n" + std::to_string(i) + " { type null }\n";
  const OwnAlsa alsa(text);
  const std::string names = run_refwave({"devices", "--names"}).out;
  for (int i = 100; i < 400; ++i) EXPECT_THAT(names, HasSubstr("ALSA/n" + std::to_string(i) + "\n"));
}

/// Once they were cut after 16 KB, and the newest were missing.
TEST(Warnings, Are_the_newest_however_many_there_are) {
  const OwnAlsa folder;
  const std::string long_name =
      "a_key_that_nobody_knows_and_whose_name_is_as_long_as_a_name_may_be_or_nearly_";
  {
    std::ofstream file(folder / "refwave.toml");
    for (int i = 100; i < 350; ++i) file << long_name << i << " = 1\n";
  }
  const std::string config = "REFWAVE_CONFIG=" + (folder / "refwave.toml").string();
  const Outcome outcome = run_refwave({"devices", "--names"}, {.environment = {config}});
  EXPECT_GT(outcome.err.size(), 16U * 1024);
  EXPECT_THAT(outcome.err, HasSubstr("refwave.toml:250: unknown key"));
  EXPECT_THAT(outcome.err, HasSubstr("refwave.toml:51: unknown key"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("refwave.toml:50: unknown key")));
  EXPECT_THAT(outcome.err, HasSubstr("50 older warnings are not kept"));
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
  expect_error(run_refwave({"trace", "-o", path("x.json"), "-D", REFWAVE_SILENT_DRIVER}), 1,
               HasSubstr("keeps no trace"));
  EXPECT_THAT(run_refwave({"watch", "--", REFWAVE_COMMAND, "play", "-D", REFWAVE_SILENT_DRIVER, file}).err,
              HasSubstr("silent_driver.drv keeps no record"));
}

TEST_F(Other_driver, Is_told_of_if_system_ini_names_one) {
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

}  // namespace
}  // namespace refwave::test
