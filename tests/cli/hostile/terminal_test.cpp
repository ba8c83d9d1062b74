// Names and warnings of a driver that would command the terminal.
#include <gmock/gmock.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;

/// Returns: the control characters in `text`, as numbers, but for ends of lines.
std::vector<int> commands_in(const std::string& text) {
  std::vector<int> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F) found.push_back(byte);
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) found.push_back(next);
  }
  return found;
}

class Terminal : public WithFolder {};

TEST_F(Terminal, Is_not_commanded_by_the_names_and_warnings_of_a_driver) {
  const std::string noise = write_wav("a.wav", 4800);
  const std::vector<std::vector<std::string>> lines = {
      {"devices"},
      {"devices", "--names"},
      {"devices", "--json"},
      {"play", noise},
      {"doctor"},
      {"trace", "--seconds", "0.1", "--output", path("a.json")},
      {"loopback", "--seconds", "0.5"}};
  for (std::vector<std::string> words : lines) {
    words.insert(words.begin() + 1, {"--driver", REFWAVE_NASTY_DRIVER});
    const Outcome outcome = run_refwave(words);
    EXPECT_THAT(commands_in(outcome.out), testing::IsEmpty()) << words[0] << ": " << outcome.out;
    EXPECT_THAT(commands_in(outcome.err), testing::IsEmpty()) << words[0] << ": " << outcome.err;
  }
  EXPECT_THAT(run_refwave({"devices", "--driver", REFWAVE_NASTY_DRIVER}).out,
              HasSubstr("a\\x1b[2J\\x1b]0;b"));
}

}  // namespace
}  // namespace refwave::test
