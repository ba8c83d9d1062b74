// The keys that steer `refwave play` on a terminal, and the terminal afterwards.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound/typist.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr const char* kLeft = "\033[D";
constexpr const char* kRight = "\033[C";

class Keys : public WithTerminal {
 protected:
  /// Returns: how it ended. Expects: the terminal is as it was.
  Outcome play_noise(int seconds, const std::function<std::string(const std::string&)>& type) const {
    const std::string file = write_wav("a.wav", 48000 * static_cast<std::size_t>(seconds));
    const Outcome outcome = run_bash("bash -c 'echo $$ >" + path("pid") + "; exec refwave play " + file +
                                         " --device clocked'; status=$?; stty -a; exit $status",
                                     {.environment = {"COLUMNS=300"}, .type = type});
    EXPECT_THAT(outcome.out, testing::AllOf(HasSubstr(" icanon "), HasSubstr(" echo ")));
    return outcome;
  }
  /// The same with every step done.
  Outcome play(int seconds, const std::vector<Step>& steps) const {
    Typist typist(steps);
    const Outcome outcome = play_noise(seconds, std::ref(typist));
    EXPECT_TRUE(typist.is_done()) << outcome.err.substr(0, 3000);
    return outcome;
  }
};

TEST_F(Keys, Space_pauses_and_goes_on) {
  const Outcome outcome = play(4, {{"0:0", " "}, {"paused", " "}});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("a.wav: 0:04.000 of 48000 Hz"));
}

TEST_F(Keys, Q_ends_and_is_no_failure) {
  const Outcome outcome = play(100, {{"0:0", "xq"}});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("stopped"));
}

TEST_F(Keys, Arrows_go_ahead_and_back) {
  const std::string ahead = std::string(kRight) + kRight + kRight + kRight + kRight + "\033OC";
  const Outcome outcome =
      play(100, {{"0:0", ahead}, {"0:3", std::string(kLeft) + kLeft + kLeft}, {"0:[12]", "q"}});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, ContainsRegex("stopped .*a.wav: 0:[12][0-9.]* to 0:[12]"));
}

TEST_F(Keys, Arrows_beyond_the_ends_begin_and_end_the_file) {
  std::string far;
  for (int i = 0; i < 25; ++i) far += kRight;
  const Outcome outcome = play(100, {{"0:0", kLeft}, {"0:0", far}});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("a.wav: 1:40.000 to 1:40.000"));
}

TEST_F(Keys, A_pause_outlasts_an_arrow) {
  const Outcome outcome = play(
      100,
      {{"0:0", " "}, {"paused", kRight}, {"0:(0[5-9]|1)[.0-9]* / 1:40.000  paused", " "}, {"dBFS", "q"}});
  EXPECT_EQ(outcome.status, 0);
}

TEST_F(Keys, The_terminal_is_as_before_after_any_signal) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT}) {
    SCOPED_TRACE(signal);
    bool is_sent = false;
    const Outcome outcome = play_noise(100, [&](const std::string& err) {
      if (!is_sent && err.find("0:0") != std::string::npos) {
        pid_t player = 0;
        std::ifstream(path("pid")) >> player;
        is_sent = player > 0 && ::kill(player, signal) == 0;
      }
      return std::string();
    });
    const bool is_clean = signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
    EXPECT_EQ(outcome.status, is_clean ? 130 : 128 + signal);
  }
}

}  // namespace
}  // namespace refwave::test
