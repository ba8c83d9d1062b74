// The command line: wrong options, configuration, files that are no driver, the log.
#include <gmock/gmock.h>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Usage : public WithFolder {
 protected:
  std::string config(std::string_view text) { return "REFWAVE_CONFIG=" + write("refwave.toml", text); }
};

TEST_F(Usage, A_wrong_command_line_is_one_line_and_status_2) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"play"},
      {"play", "a.wav", "--buffers", "0"},
      {"play", "a.wav", "--completion", "sometime"},
      {"play", "a.wav", "--speed", "4.1"},
      {"play", "a.wav", "--pitch", "nan"},
      {"record", "a.wav", "--bits", "17"},
      {"config", "--check", "--dialog"},
      {"play", ""},
      {"play", "a.wav", "--driver", ""},
      {"install", "--program", ""},
      {"install", "--program", "C:\\A game\" --dry-run"},
      {"install", "--program", "a", "--program", "b"},
      {"install", "--driver", "a", "--program", "b"},
      {"uninstall", "--program", " "},
      {"doctor", "--option", "perod=1"},
      {"latency", "--compare", "a.json", "b.json", "--html", "page.html"},
      {"latency", "--compare", "a.json", "b.json", "--seconds", "1"},
      {"latency", "--json", path("one"), "--html", path("./one")},
      {"tune", "a.wav"},
      {"loopback", "--parameters", "x=1"},
  };
  for (const auto& words : wrong) {
    const Outcome outcome = run_refwave(words);
    EXPECT_EQ(outcome.status, 2) << testing::PrintToString(words);
    EXPECT_TRUE(is_one_error_line(outcome.err)) << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
  }
}

TEST_F(Usage, Output_that_cannot_be_written_is_an_error_whatever_is_printed) {
  for (const char* words : {"--version", "--help", "help play", "config", "devices -O output=clocked",
                            "devices --json -O output=clocked", "conform --list",
                            "latency --seconds 1 -d clocked", "trace --seconds 0.1 -d clocked --output -"}) {
    const Outcome outcome = run_bash(std::string("refwave ") + words + " >/dev/full");
    EXPECT_EQ(outcome.status, 1) << words;
    EXPECT_TRUE(is_one_error_line(outcome.err)) << words << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("cannot be written")) << words;
  }
}

TEST_F(Usage, Config_check_tells_a_good_file_from_a_bad_one) {
  EXPECT_EQ(run_refwave({"config", "--check"}, {.environment = {config("period = 64\n")}}).status, 0);
  const Outcome bad = run_refwave({"config", "--check"}, {.environment = {config("\nperiod = = 64\n")}});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err, HasSubstr("refwave.toml:2:10: not TOML: "));
  const Outcome missing =
      run_refwave({"config", "--check"}, {.environment = {"REFWAVE_CONFIG=" + path("none.toml")}});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("none.toml: no such file"));
}

TEST_F(Usage, Config_prints_and_checks_the_file_beside_a_program) {
  const std::string program = write("game.exe", "");
  const std::string file = path("refwave.toml");
  EXPECT_THAT(run_refwave({"config", "--program", program}).out,
              testing::StartsWith("# For one program: save this as " + file + "\n"));
  write("refwave.toml", "peroid = 96\n");
  const Outcome bad = run_refwave({"config", "--check", "--program", folder_.path().string()});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err, HasSubstr(file + ":1: unknown key"));
  EXPECT_EQ(run_refwave({"config", "--program", path("absent.exe")}).status, 1);
}

// The whole of refwave in a folder is a program with files beside it.
TEST_F(Usage, A_file_beside_the_program_is_read_after_the_users) {
  const std::filesystem::path command = REFWAVE_COMMAND;
  for (const char* name : {"refwave", "refwave.drv", "libwinmm.so"})
    std::filesystem::copy(command.parent_path() / name, path(name));
  const std::string file = write("refwave.toml", "period = 96\n");
  const std::string user = "REFWAVE_CONFIG=" + write("user.toml", "period = 64\nrate = 44100\n");
  const std::string run = user + " REFWAVE_LOG=" + path("log") + " " + path("refwave") + " ";
  EXPECT_EQ(run_bash(run + "devices -O output=clocked").status, 0);
  EXPECT_THAT(contents_of(path("log")),
              testing::AllOf(HasSubstr("period = 64, rate = 44100"),
                             HasSubstr("configuration from \"" + file + "\": period = 96\n")));
  EXPECT_THAT(run_bash(run + "doctor -O output=clocked").out,
              HasSubstr("period = 96  (refwave.toml beside this command)"));
  EXPECT_THAT(run_bash(run + "config --check").out, HasSubstr(file + ": no warnings"));
}

TEST_F(Usage, Config_dialog_says_where_there_is_none) {
  const Outcome outcome = run_refwave({"config", "--dialog"});
  expect_error(outcome, 1, HasSubstr("no dialog on this system"));
  EXPECT_THAT(outcome.out, IsEmpty());
}

TEST_F(Usage, A_driver_that_is_missing_or_none_is_named_with_the_reason) {
  const std::string good = write_noise("good.wav", 0x10002, 2, 48000, 100);
  for (const std::string& driver :
       {path("absent.drv"), write("text.drv", "no library"), folder_.path().string()})
    for (const std::string& words : {"play " + good, std::string("devices"), "record " + path("out.wav")})
      expect_error(run_bash("refwave " + words + " --driver " + driver), 1, HasSubstr(driver));
}

// REFWAVE_LOG and the key `log`, in programs that play through the driver.

class Log : public WithFolder {
 protected:
  std::vector<std::string> lines(std::string_view name) const { return lines_of(content(path(name))); }
  /// Returns: the lines without time and process.
  std::vector<std::string> reported(std::string_view name) const {
    std::vector<std::string> all = lines(name);
    for (std::string& line : all) line.erase(0, line.find(' ', line.find(' ') + 1) + 1);
    return all;
  }
  /// Effects: records for a moment from the clocked device.
  Outcome record(const std::string& log, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"record", path("out.wav"), "--seconds",
                                          "0.05",   "--device",      "clocked"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_refwave(arguments, {.environment = {log, "XDG_RUNTIME_DIR=" + path("")}});
  }
};

TEST_F(Log, Tells_what_was_decided_from_the_enabling_to_the_disabling) {
  const Outcome outcome = record("REFWAVE_LOG=" + path("a.log"));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(
      reported("a.log"),
      ElementsAre(
          testing::ContainsRegex("^enabled: refwave [0-9.]+ in \"refwave\"$"),
          "configuration from no file: the defaults",
          HasSubstr("configuration from DRV_OPEN: output = [\"clocked\"], input = [\"clocked\"]"),
          HasSubstr("device \"clocked\" opened for input, asked for as \"clocked\": 48000 Hz, 2 channels"),
          "stream 0 opened for input, 48000 Hz, 2 channels, s16",
          testing::ContainsRegex("^device \"clocked\" has started, 0[.][0-9]+ s after"),
          testing::ContainsRegex("^stream 0 closed: [0-9]+ blocks, [0-9]+ messages, 0 undelivered"),
          "device \"clocked\" is closed: no longer needed", "disabled"));
}

TEST_F(Log, Of_the_environment_comes_before_the_key_and_an_empty_one_switches_it_off) {
  EXPECT_EQ(record("REFWAVE_LOG=" + path("a.log"), {"--option", "log=" + path("b.log")}).status, 0);
  EXPECT_THAT(lines("a.log"), Not(IsEmpty()));
  EXPECT_FALSE(std::filesystem::exists(path("b.log")));
  EXPECT_EQ(record("REFWAVE_LOG=", {"--option", "log=" + path("b.log")}).status, 0);
  EXPECT_FALSE(std::filesystem::exists(path("b.log")));
  EXPECT_EQ(record("NOTHING=", {"--option", "log=" + path("b.log")}).status, 0);
  EXPECT_THAT(reported("b.log"), testing::Contains(HasSubstr("stream 0 closed")));
}

// Help at every width, and errors for wrong words.

std::vector<std::string> commands() {
  std::vector<std::string> names;
  bool is_list = false;
  for (const std::string& line : lines_of(run_refwave({"help"}).out)) {
    is_list = line == "Commands:" || (is_list && !line.empty());
    if (is_list && line.starts_with("  ") && line[2] != ' ')
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

using Help = WithFolder;

TEST_F(Help, Help_with_a_command_is_that_commands_own) {
  ASSERT_THAT(commands(), AllOf(Contains("play"), Contains("conform"), Contains("help")));
  for (const std::string& command : commands()) {
    const Outcome outcome = run_refwave({"help", command});
    EXPECT_EQ(outcome.status, 0) << command;
    EXPECT_THAT(outcome.out, HasSubstr("Usage: refwave " + command)) << command;
    EXPECT_EQ(outcome.out, run_refwave({command, "--help"}).out);
  }
  EXPECT_EQ(run_refwave({"help", "sing"}).status, 2);
}

TEST_F(Help, The_script_run_knows_every_command) {
  const std::string listed =
      text_of("sed -n 's/^commands=(\\(.*\\))$/\\1/p' " REFWAVE_SOURCE_FOLDER "/run | tr ' ' '\\n'");
  EXPECT_THAT(lines_of(listed), testing::UnorderedElementsAreArray(commands()));
}

TEST_F(Help, Fits_the_terminal_however_narrow) {
  std::vector<std::vector<std::string>> all = {
      {"help"}, {"devices"}, {"loopback", "-d", "clocked", "-O", "loop=true", "-n", "16", "-s", "0.5"}};
  for (const std::string& command : commands()) all.push_back({"help", command});
  for (const std::size_t columns : {40U, 80U}) {
    for (const auto& words : all) {
      const Outcome outcome = run_refwave(words, {.environment = {"COLUMNS=" + std::to_string(columns)}});
      for (const std::string& line : lines_of(outcome.out)) EXPECT_LE(cli::letters_of(line), columns) << line;
    }
  }
}

TEST_F(Help, A_wrong_word_is_named_with_the_word_that_was_meant) {
  struct Case {
    std::vector<std::string> words;
    const char* named;
    const char* meant;
  };
  for (const Case& wrong :
       {Case{{"pley", "a.wav"}, "no such command: pley", "did you mean play?"},
        {{"rec"}, "no such command: rec", "did you mean record?"},
        {{"help", "latenzy"}, "latenzy", "did you mean latency?"},
        {{"play", "--bufers", "3"}, "no such option: --bufers", "did you mean --buffers?"},
        {{"play", "--buf=3", "a.wav"}, "no such option: --buf;", "did you mean --buffers?"},
        {{"play", "a.wav", "-x"}, "no such option: -x", "`refwave help play`"},
        {{"latency", "--wake", "prk"}, "prk is not one of park, predict, spin", "did you mean park?"},
        {{"latency", "--compare", "a.json"}, "--compare needs two values", "`refwave help latency`"},
        {{"play", "a.wav", "--buffers", "few"}, "--buffers: few is not in the range 1 to 1024", "help play"},
        {{"play", "a.wav", "--device="}, "--device= has no value", "leave the option out"},
        {{"play", "a.wav", "-O", "period=few"},
         "expected 16 to 16384 frames, found few; `",
         "`refwave config`"},
        {{"--device", "x", "play", "a.wav"}, "--device", "after `play`"},
        {{"config", "all"}, "unexpected argument: all", "`refwave help config`"}}) {
    const Outcome outcome = run_refwave(wrong.words);
    expect_error(outcome, 2, AllOf(HasSubstr(wrong.named), HasSubstr(wrong.meant)));
  }
}

TEST_F(Help, A_device_that_is_misspelt_is_named_as_it_was_meant) {
  const std::string file = write("a.wav", bytes_of({.data_bytes = 4}) + "abcd");
  const Outcome outcome = run_refwave({"play", file, "--device", "clokced"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("clokced"), HasSubstr("did you mean \"clocked\"?")));
}

}  // namespace
}  // namespace refwave::test
