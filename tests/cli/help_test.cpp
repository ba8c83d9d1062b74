// Help at every width, and errors for wrong words.
#include <gmock/gmock.h>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

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
        {{"sing"}, "no such command: sing", "`refwave help`"},
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
        {{"play", "a.wav", "--device"}, "--device needs a value", "`refwave help play`"},
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
