// REFWAVE_LOG and the key `log`, in programs that play through the driver.
#include <gmock/gmock.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

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

}  // namespace
}  // namespace refwave::test
