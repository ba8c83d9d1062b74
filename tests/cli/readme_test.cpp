// inf/cli/README.md shows every command and its output at 80 columns. This test runs the lines that begin
// with a dollar sign in order and in one folder. Their output must be as shown, except the figures; so must
// that of
// ./run in README.md.
#include <gmock/gmock.h>

#include <fstream>
#include <regex>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;

struct Shown {
  std::string command;
  std::string text;
};

std::vector<Shown> shown_in(const std::string& page) {
  std::ifstream file(REFWAVE_SOURCE_FOLDER "/" + page);
  std::vector<Shown> all;
  bool is_inside = false;
  bool is_output = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      is_inside = !is_inside;
      is_output = false;
    } else if (is_inside && line.starts_with("$ ")) {
      all.push_back({line.substr(2), ""});
      is_output = true;
    } else if (is_output) {
      all.back().text += line + '\n';
    }
  }
  return all;
}

std::string replaced(const std::string& text, const char* pattern, const char* with) {
  return std::regex_replace(text, std::regex(pattern), with);
}

/// Returns: the text without bars, line breaks, and the figures that depend on the machine and the moment.
std::string masked(const std::string& text) {
  std::string kept;
  for (const std::string& line : lines_of(text)) kept += line + ' ';
  kept = replaced(kept, "[^ ]*/refwave[.]drv", "refwave.drv");
  kept = replaced(kept, "/usr/share/sounds/alsa/", "");
  kept = replaced(kept,
                  "no default device [(](ALSA/default: No such file or directory|ALSA's configuration has "
                  "no pcm.default)[)]",
                  "no default device");
  kept = replaced(kept, "refwave: [0-9:.]+ underrun: blocks came too late .[0-9]+ so far. ", "");
  kept = replaced(
      kept,
      "refwave: [^ ]+: [0-9.]+ m?s are missing, because the (computer was too busy; end other programs, "
      "and record again|program was stopped meanwhile; record again without a pause) ",
      "");
  kept = replaced(kept, "[ ]+", " ");
  kept = replaced(kept, "the machine was busy: .* and measure again ", "");
  kept = replaced(kept, "-?[0-9]+([.][0-9]+)? (ns|µs|ms)\\b", "T");
  kept = replaced(kept, " -(?=[ ,])", " T");           // too few samples
  kept = replaced(kept, "(T T) [0-9]+(?= )", "$1 N");  // the blocks of a row
  kept = replaced(kept, "(wakes|underruns|periods) [0-9]+(?=[, ])", "$1 N");
  return replaced(kept, "[0-9]+(?= (blocks on|events,))", "N");
}

class Readme : public WithFolder {
 protected:
  /// Returns: how the command ended in the test's folder, with no device of this machine's, and letters
  /// beyond ASCII.
  Outcome run_here(const std::string& command) {
    return run_bash("cd " + folder_.path().string() + " && { " + command + "; } 2>&1",
                    {.environment = {"XDG_RUNTIME_DIR=" + folder_.path().string(), "COLUMNS=80",
                                     "LC_ALL=C.UTF-8", "ALSA_CONFIG_PATH=/dev/null", "JACK_NO_START_SERVER=1",
                                     "PULSE_SERVER=unix:/nonexistent"}});
  }
};

TEST_F(Readme, Shows_what_run_prints) {
  const std::vector<Shown> all = shown_in("README.md");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].command, "./run");
  // ./run plays ALSA's recordings of these names; the test has others of the same length.
  std::string command = "refwave play";
  for (const auto& [name, frames] :
       {std::pair{"Front_Center.wav", 68'545}, {"Front_Left.wav", 71'042}, {"Front_Right.wav", 73'473}}) {
    write_noise(name, 0x10002, 1, 48000, static_cast<std::size_t>(frames));
    command += std::string(" ") + name;
  }
  EXPECT_EQ(masked(all[0].text), masked(run_here(command).out)) << "README.md needs this";
}

TEST_F(Readme, Shows_every_command_as_it_prints) {
  write_noise("voice.wav", 0x10002, 1, 48000, 68'545);
  write("notes.txt", "no sound");
  const std::vector<Shown> all = shown_in("inf/cli/README.md");
  ASSERT_GT(all.size(), 15U);
  for (const Shown& shown : all) {
    const Outcome outcome = run_here(shown.command);
    EXPECT_EQ(masked(shown.text), masked(outcome.out)) << "$ " << shown.command << '\n'
                                                       << outcome.out << "inf/cli/README.md needs this";
    for (const std::string& line : lines_of(outcome.out)) {
      const bool is_error =
          line.starts_with("refwave: ") || shown.command.find("| head") != std::string::npos;
      EXPECT_LE(cli::letters_of(line), is_error ? 300U : 80U) << line;
    }
  }
}

TEST_F(Readme, Leaves_out_no_command) {
  std::string commands;
  for (const Shown& shown : shown_in("inf/cli/README.md")) commands += shown.command + '\n';
  static const std::regex name("  ([a-z]+) .*");
  // These print what they find on a machine; pages of bench and inf/README.md show them.
  commands += "refwave install\nrefwave uninstall\nrefwave repair\nrefwave doctor\nrefwave tune\n";
  for (const std::string& line : lines_of(run_refwave({"help"}).out)) {
    if (line == "Options:") break;
    std::smatch match;
    if (!std::regex_match(line, match, name)) continue;
    EXPECT_THAT(commands, HasSubstr("refwave " + match[1].str()));
  }
}

}  // namespace
}  // namespace refwave::test
