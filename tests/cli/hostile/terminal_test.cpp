// Device names that would command the terminal.
#include <gmock/gmock.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/own_alsa.h"

namespace refwave::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

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
