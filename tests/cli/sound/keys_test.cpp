// The keys of `refwave play` on a terminal, job control, and the terminal afterwards.
#include <dlfcn.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>
#include <thread>
#include <utility>

#include "inf/cli/console/keys/terminal_linux.h"
#include "inf/cli/console/platform.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/private_pulse.h"

namespace {

/// What happens when the terminal's mode is next set.
std::function<void()> before_set;

}  // namespace

/// Found before the C library's.
extern "C" int tcsetattr(int terminal, int when, const termios* mode) noexcept {
  if (const auto act = std::exchange(before_set, nullptr)) act();
  static const auto set = reinterpret_cast<decltype(&tcsetattr)>(dlsym(RTLD_NEXT, "tcsetattr"));
  return set(terminal, when, mode);
}

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

constexpr const char* kLeft = "\033[D";
constexpr const char* kRight = "\033[C";
constexpr const char* kCtrlZ = "\x1a";
constexpr const char* kCtrlC = "\x03";

/// Keys that are typed when standard error shows a text after the step before.
struct Step {
  std::string shown;  // a pattern
  std::string typed;
};

class Typist {
 public:
  explicit Typist(std::vector<Step> steps) : steps_(std::move(steps)) {}

  std::string operator()(const std::string& err) {
    if (is_done() || !std::regex_search(err.substr(seen_), std::regex(steps_[done_].shown))) return {};
    seen_ = err.size();
    return steps_[done_++].typed;
  }
  bool is_done() const { return done_ == steps_.size(); }

 private:
  std::vector<Step> steps_;
  std::size_t done_ = 0;
  std::size_t seen_ = 0;
};

class Keys : public WithFolder {
 protected:
  using Type = std::function<std::string(const std::string&)>;

  void SetUp() override {
    if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  }
  std::string noise(int seconds) const {
    return write_wav("a.wav", 48'000 * static_cast<std::size_t>(seconds));
  }
  /// Returns: how `command` ended on a terminal, with its jobs in groups of their own. Expects: the terminal
  /// is as it was.
  static Outcome type(const std::string& command, const Type& type) {
    const Outcome outcome =
        run_bash("set -m\n" + command + "\nstatus=$?; echo status $status; stty -a; exit $status",
                 {.environment = {"COLUMNS=300"}, .type = type});
    EXPECT_THAT(outcome.out, AllOf(HasSubstr(" icanon "), HasSubstr(" echo "))) << outcome.err;
    return outcome;
  }
  /// The same with every step done.
  static Outcome run(const std::string& command, const std::vector<Step>& steps) {
    Typist typist(steps);
    const Outcome outcome = type(command, std::ref(typist));
    EXPECT_TRUE(typist.is_done()) << outcome.err.substr(0, 3000);
    return outcome;
  }
  Outcome play(int seconds, const std::vector<Step>& steps) const {
    return run("refwave play " + noise(seconds) + " --device clocked", steps);
  }
};

// Samples of 192,000, of two files and both channels. A capture on a loud machine may lack some.
constexpr std::size_t kMoreThanOneFile = 144'000;

/// Returns: the samples in a capture's bytes that are no silence.
std::size_t samples_heard(const std::string& bytes) {
  const std::string silent(4, '\0');
  std::size_t count = 0;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) count += bytes.compare(at, 4, silent) != 0;
  return count;
}

/// Ctrl-S blocks the terminal: the report of the first file waits, the second file plays.
TEST_F(Keys, A_terminal_that_takes_nothing_holds_up_no_sound) {
  const std::string file = noise(1);
  const std::string captured = path("out.wav");
  bool is_stopped = false;
  const Outcome outcome =
      run_bash("refwave play " + file + " " + file + " -d clocked --rate 48000 --capture " + captured,
               {.type = [&](const std::string& err) -> std::string {
                 if (is_stopped) return samples_heard(content(captured)) > kMoreThanOneFile ? "\x11" : "";
                 is_stopped = err.find("0:0") != std::string::npos;
                 return is_stopped ? "\x13" : "";
               }});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, ContainsRegex("played .*\nplayed"));
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

/// Returns: the frames from the first sound to the last; 0 while the newest fifth of a second has sound.
std::size_t heard_until_silence(const PrivatePulse& pulse) {
  const std::vector<std::int32_t> samples = pulse.recording().samples();
  const auto is_sound = [](std::int32_t sample) { return sample != 0; };
  const auto first = std::ranges::find_if(samples, is_sound);
  const auto last = std::find_if(samples.rbegin(), samples.rend(), is_sound).base();
  return samples.end() - last > 2 * 9'600 ? static_cast<std::size_t>(last - first) / 2 : 0;
}

TEST_F(Keys, A_pause_drops_what_the_device_has_queued_and_plays_it_later) {
  const PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = noise(3);
  std::size_t heard = 0;
  std::string paused;
  int stage = 0;
  ProcessorWaits waits;
  const std::string log = path("log");
  const Outcome outcome =
      type("REFWAVE_LOG=" + log + " refwave play " + file, [&](const std::string& err) -> std::string {
        if (stage == 0 && std::regex_search(err, std::regex("0:0[1-9][.0-9]* /"))) return ++stage, " ";
        if (stage != 1 || err.find("paused") == std::string::npos) return {};
        heard = heard_until_silence(pulse);
        if (heard == 0) return {};
        waits.look();
        paused = err.substr(err.find("paused") - 40, 40);
        return ++stage, " ";
      });
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(content(log), HasSubstr("is closed: a reset drops what it has queued"));
  std::smatch seconds;
  ASSERT_TRUE(std::regex_search(paused, seconds, std::regex("0:0([0-9.]+) /"))) << paused;
  const double late = static_cast<double>(heard) / 48'000 - std::stod(seconds[1]);
  const auto same = compare(integers_of(file), pulse.wait_for_recording(3 * 48'000)).same;
  const bool holds = std::abs(late) <= 0.1 && same >= 3 * 48'000U - 4'800;
  EXPECT_TRUE(holds || waits.skips_over(std::chrono::milliseconds(50)))
      << late << " s, " << same << " frames";
}

TEST_F(Keys, The_terminal_is_as_before_after_any_signal) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT}) {
    SCOPED_TRACE(signal);
    bool is_sent = false;
    const std::string line =
        "bash -c 'echo $$ >" + path("pid") + "; exec refwave play " + noise(100) + " --device clocked'";
    const Outcome outcome = type(line, [&](const std::string& err) {
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

TEST_F(Keys, A_player_that_is_moved_to_the_background_plays_to_its_end) {
  const Outcome outcome =
      run("refwave play " + noise(2) + " -d clocked; bg; wait $!; wait", {{"0:0", kCtrlZ}});
  EXPECT_THAT(outcome.out, HasSubstr("a.wav: 0:02.000 of 48000 Hz"));
}

TEST_F(Keys, The_keys_work_again_in_the_foreground) {
  const Outcome outcome =
      run("refwave play " + noise(60) + " -d clocked; bg; fg", {{"0:0", kCtrlZ}, {"dBFS", "q"}});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("stopped "), HasSubstr("status 0")));
}

TEST_F(Keys, A_reader_that_is_gone_ends_it_and_leaves_the_terminal_as_it_was) {
  const Outcome outcome = run("refwave play " + noise(1) + " -d clocked | true; echo ${PIPESTATUS[*]}", {});
  EXPECT_THAT(outcome.out, HasSubstr("141 0"));
}

TEST_F(Keys, An_interruption_before_the_pipe_is_opened_ends_it_too) {
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

TEST_F(Keys, Change_the_volume_and_the_file_also_if_standard_input_is_the_sound) {
  const std::string file = noise(100);
  for (const std::string& line : {"refwave play " + file + " ", "cat " + file + " | refwave play - "}) {
    const Outcome outcome = run(line + file + " -d clocked", {{"keys: space pauses", ""},
                                                              {"0:0", "9"},
                                                              {"volume 95 %", "-m"},
                                                              {"muted", "0"},
                                                              {"volume 95 %", "n"},
                                                              {"dBFS", "q"}});
    EXPECT_THAT(outcome.out, AllOf(ContainsRegex("stopped .*\nstopped "), HasSubstr("status 0"))) << line;
  }
}

TEST_F(Keys, Stay_on_the_lines_of_a_narrow_terminal) {
  const Outcome outcome =
      run("stty cols 20; env -u COLUMNS refwave play " + noise(100) + " -d clocked", {{"0:0[1-9]", "q"}});
  std::istringstream parts(outcome.err);
  for (std::string part; std::getline(parts, part, '\r');) {
    // Remarks take several lines.
    if (part.find("refwave: ") != std::string::npos) continue;
    EXPECT_LE(std::regex_replace(part, std::regex("\033.K|\n"), "").size(), 20U) << part;
  }
}

TEST_F(Keys, A_second_Ctrl_C_gives_a_recording_up_if_it_comes_half_a_second_later) {
  const std::string fifo = path("fifo.wav");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  Typist typist({{"0:0[1-9]", std::string(kCtrlC) + kCtrlC}, {"still to be written", kCtrlC}});
  const Outcome outcome = run_bash("exec 9<>" + fifo + "; exec refwave record " + fifo + " -d clocked",
                                   {.type = std::ref(typist)});
  EXPECT_TRUE(typist.is_done()) << outcome.err;
  EXPECT_EQ(outcome.status, 128 + SIGINT);
}

/// A job of its own session, which a stop spares.
int stop_while_taking_the_terminal(const char* name) {
  ::alarm(30);
  ::setsid();
  const int terminal = ::open(name, O_RDWR);
  if (terminal < 0) return 1;
  cli::watch_terminal(terminal);
  sigset_t stop;
  ::sigemptyset(&stop);
  ::sigaddset(&stop, SIGTSTP);
  ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  std::atomic<bool> is_restored{false};
  before_set = [&] {
    before_set = [&] { is_restored = true; };
    ::kill(::getpid(), SIGTSTP);
    // The handler waits, or restores what is not set yet.
    for (int naps = 0; naps < 100 && !is_restored; ++naps) ::usleep(1'000);
    before_set = nullptr;
  };
  std::thread listener([] { cli::hold_terminal(); });
  ::pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  listener.join();
  cli::restore_terminal();
  termios mode{};
  return ::tcgetattr(terminal, &mode) == 0 && (mode.c_lflag & ECHO) != 0 ? 0 : 2;
}

TEST_F(Keys, A_stop_while_the_terminal_is_taken_leaves_it_as_it_was) {
  int master = -1;
  int terminal = -1;
  std::array<char, 64> name{};
  ASSERT_EQ(::openpty(&master, &terminal, name.data(), nullptr, nullptr), 0);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(stop_while_taking_the_terminal(name.data()));
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  ::close(terminal);
  ::close(master);
}

TEST_F(Keys, Every_way_out_of_a_silent_pipe_works_immediately) {
  const std::string fifo = path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  // No writer; one that never writes; one that stops within a file.
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
