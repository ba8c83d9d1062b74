// Help at every width, errors for wrong words, completion in real shells, and the manual page as man shows
// it.
#include <gmock/gmock.h>

#include <cstdlib>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

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

class Help : public WithFolder {
 protected:
  /// Returns: what bash offers after `words`, the last of which is being typed; refwave is in its PATH.
  std::vector<std::string> completions(const std::string& words) {
    const std::string script = write("completion.bash", run_refwave({"completion", "bash"}).out);
    const Outcome outcome = run_bash("set -u; source " + script + "; COMP_WORDS=(" + words +
                                     "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _refwave refwave; "
                                     "((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"");
    EXPECT_EQ(outcome.status, 0) << words << outcome.err;
    return lines_of(outcome.out);
  }
};

TEST_F(Help, Help_with_a_command_is_that_commands_own) {
  ASSERT_THAT(commands(), AllOf(Contains("play"), Contains("conform"), Contains("help"), Contains("man")));
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
        {{"completion", "fish"}, "fish is not one of bash, zsh", "`refwave help completion`"},
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

TEST_F(Help, Bash_completes_commands_options_words_devices_keys_and_rules) {
  EXPECT_THAT(completions("refwave pl"), testing::ElementsAre("play"));
  EXPECT_THAT(completions("refwave --v"), testing::ElementsAre("--version"));
  EXPECT_THAT(completions("refwave play --bu"), testing::ElementsAre("--buffers"));
  EXPECT_THAT(completions("refwave latency --wake p"), testing::ElementsAre("park", "predict"));
  EXPECT_THAT(completions("refwave latency --wake = pa"), testing::ElementsAre("park"));
  EXPECT_THAT(completions("refwave play -d clo"), Contains("clocked"));
  EXPECT_THAT(completions("refwave play -O per"), testing::ElementsAre("period="));
  EXPECT_THAT(completions("refwave conform --rule WODM_RESET.f"), Contains("WODM_RESET.flags"));
  EXPECT_THAT(completions("refwave help conf"), testing::ElementsAre("config", "conform"));
  EXPECT_THAT(completions("refwave play ''"), IsEmpty());  // files are the shell's own
}

TEST_F(Help, Zsh_takes_its_script_and_completes_as_bash_does) {
  if (!has_program("zsh")) GTEST_SKIP() << "zsh is not installed";
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const std::string script = write("completion.zsh", run_refwave({"completion", "zsh"}).out);
  const std::string folder = std::filesystem::path(REFWAVE_COMMAND).parent_path().string();
  // A zsh of its own in a pseudo-terminal: a line is typed, the tabulator is pressed, and the line is
  // printed.
  const std::string program = write(
      "ask.zsh",
      "zmodload zsh/zpty\nzpty shell zsh -f -i\n"
      "zpty -w shell 'PS1=; fpath=($fpath); PATH=" +
          folder + ":$PATH; autoload -U compinit; compinit -u -d " + path("dump") + "; source " + script +
          "; show() { print -r -- \"<$BUFFER>\"; zle kill-whole-line }; zle -N show; bindkey ^X show; print "
          "ready$((1+1))'\n"
          "while zpty -r shell line; do [[ $line == *ready2* ]] && break; done\n"
          "for words in 'refwave pla' 'refwave latency --wak' 'refwave latency --wake pr' 'refwave conform "
          "--rule WODM_RESET.fl'; do\n"
          "  zpty -w -n shell $words$'\\t'$'\\x18'\n"
          "  while zpty -r shell line; do [[ $line == *'<refwave'*'>'* ]] && { print -r -- ${line##*<}; "
          "break; }; done\n"
          "done\nzpty -d shell\n");
  const Outcome outcome = run_bash("TERM=dumb timeout 50 zsh -f " + program);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("refwave play >"), HasSubstr("refwave latency --wake"),
                                 HasSubstr("refwave latency --wake predict"),
                                 HasSubstr("refwave conform --rule WODM_RESET.flags")))
      << outcome.err;
}

TEST_F(Help, Man_shows_every_command_and_option_and_finds_nothing_wrong) {
  if (!has_program("man")) GTEST_SKIP() << "man is not installed (man-db)";
  const std::string page = write("refwave.1", run_refwave({"man"}).out);
  const Outcome outcome = run_bash("LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l " + page);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
  const std::string& text = outcome.out;
  EXPECT_THAT(text, AllOf(HasSubstr("NAME\n"), HasSubstr("EXIT STATUS\n"), HasSubstr("REFWAVE_CONFIG"),
                          HasSubstr("REFWAVE_LOG"), HasSubstr("EXAMPLES\n")));
  for (const std::string& line : lines_of(text)) EXPECT_LE(cli::letters_of(line), 80U) << line;
  for (const std::string& command : commands()) {
    EXPECT_THAT(text, HasSubstr("\n   " + command + "\n"));
    for (const std::string& line : lines_of(run_refwave({"help", command}).out)) {
      const std::size_t option = line.find("--");
      if (!line.starts_with("  ") || option > 6) continue;
      const std::string name = line.substr(option, line.find_first_of(" \n", option) - option);
      EXPECT_THAT(text, HasSubstr(name)) << command;
    }
  }
}

}  // namespace
}  // namespace refwave::test
