// `refwave play` under a shell's job control, and what it leaves of the terminal.
#include <gmock/gmock.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <regex>

#include "driver/cli/console/interruption.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound/typist.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kCtrlZ = "\x1a";
constexpr const char* kCtrlC = "\x03";

class JobControl : public WithTerminal {
 protected:
  std::string noise(int seconds) const {
    return write_noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48000,
                       48000 * static_cast<std::size_t>(seconds));
  }
  /// Returns: how `command` ended on a terminal, with its jobs in groups of their own. Expects: the terminal
  /// is as it was, and every step was done.
  Outcome run(const std::string& command, const std::vector<Step>& steps) const {
    Typist typist(steps);
    const Outcome outcome = run_bash("set -m\n" + command + "\necho status $?; stty -a",
                                     {.environment = {"COLUMNS=300"}, .type = std::ref(typist)});
    EXPECT_THAT(outcome.out, AllOf(HasSubstr(" icanon "), HasSubstr(" echo "))) << outcome.err;
    EXPECT_TRUE(typist.is_done()) << outcome.err.substr(0, 3000);
    return outcome;
  }
};

TEST_F(JobControl, A_player_that_is_moved_to_the_background_plays_to_its_end_and_goes) {
  const Outcome outcome =
      run("refwave play " + noise(2) + " -d clocked; bg; wait $!; wait", {{"0:0", kCtrlZ}});
  EXPECT_THAT(outcome.out, HasSubstr("a.wav: 0:02.000 of 48000 Hz"));
}

TEST_F(JobControl, The_keys_work_again_in_the_foreground) {
  const Outcome outcome =
      run("refwave play " + noise(60) + " -d clocked; bg; fg", {{"0:0", kCtrlZ}, {"dBFS", "q"}});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("stopped "), HasSubstr("status 0")));
}

TEST_F(JobControl, The_keys_work_in_a_job_that_began_in_the_background) {
  const Outcome outcome = run("refwave play " + noise(60) + " -d clocked & fg", {{"dBFS", "q"}});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("stopped "), HasSubstr("status 0")));
}

TEST_F(JobControl, A_reader_that_is_gone_leaves_the_terminal_as_it_was) {
  run("refwave play " + noise(1) + " -d clocked | true", {});
}

TEST(Interruption, That_comes_before_the_pipe_is_opened_ends_it_too) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(10);
    cli::watch_for_interruption();
    std::array<int, 2> pipe{};
    char byte = 0;
    cli::end_input();
    if (::pipe(pipe.data()) != 0) ::_exit(2);
    cli::end_when_interrupted(pipe[0]);
    ::_exit(::read(pipe[0], &byte, 1) == 0 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(JobControl, Every_way_out_of_a_silent_pipe_works_at_once) {
  const std::string fifo = path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  // No writer; one that never writes; one that begins a file and stops.
  const std::string writers[] = {"", "exec 9<>" + fifo,
                                 "exec 9<>" + fifo + "; head -c 60001 " + noise(2) + " >&9"};
  const std::string report_keys = "\n{ while stty -a | grep -q ' icanon'; do :; done; echo waits >&2; } &\n";
  for (const std::string& writer : writers) {
    for (const std::string key : {"q", kCtrlC}) {
      const Outcome outcome =
          run(writer + report_keys + "refwave play " + fifo + " -d clocked", {{"waits", key}});
      EXPECT_THAT(outcome.out, HasSubstr(key == "q" ? "status 0" : "status 130")) << writer;
    }
  }
}

}  // namespace
}  // namespace refwave::test
