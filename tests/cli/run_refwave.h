// Runs the command as a child process, and keeps its output and its exit status. Every wait has a deadline.
#pragma once

#include <gmock/gmock.h>
#include <sys/types.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace refwave::test {

struct Outcome {
  int status = -1;  // exit status; 128 + signal if one ended it
  std::string out;
  std::string err;        // without the lines of `underruns`, unless standard error is a terminal
  std::string underruns;  // the lines that tell of underruns. On a busy machine any test may have some
};

/// What a child gets besides its arguments. The environment is the test's own, with REFWAVE_CONFIG empty.
struct Surroundings {
  std::vector<std::string> environment{};  // NAME=value, added last
  bool stderr_is_terminal = false;         // where has_pseudo_terminals()
  std::size_t largest_file = 0;            // bytes; 0: unlimited
  /// Called with what standard error has shown so far; true sends SIGINT, once.
  std::function<bool(const std::string& err)> interrupt_when{};
  /// If there is one, the terminal of standard error is that of standard input, too. Called with what
  /// standard error has shown so far. Returns: what is typed now.
  std::function<std::string(const std::string& err)> type{};
};

/// Returns: how `refwave arguments…` ended. A child that runs for over a minute is killed and fails the test.
Outcome run_refwave(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});

/// Returns: how `bash -c command` ended, with the command's folder in its PATH: `refwave play - <…`.
Outcome run_bash(const std::string& command, const Surroundings& surroundings = {});

/// Returns: the commands that play the file, and the same through a pipe.
std::array<std::string, 2> both_ways(const std::string& file);

/// Expects: the file, and the same through a pipe, is played, what is printed has the pattern, and standard
/// error has nothing, or `told`.
void expect_played(const std::string& file, const std::string& regex,
                   const testing::Matcher<std::string>& told = std::string());

/// The text of a test that is skipped because there is no pseudo-terminal.
inline constexpr const char* kNoPseudoTerminal = "no pseudo-terminal here (a container without devpts?)";

/// Returns: whether this machine has pseudo-terminals. Some containers have none.
bool has_pseudo_terminals();

std::vector<std::string> lines_of(const std::string& text);

/// Returns: whether `text` is one line that begins with "refwave: " and has a remedy after a semicolon.
bool is_one_error_line(const std::string& text);

/// Returns: a function that calls `act` when it is called with true for the first time, and says whether that
/// has happened: for what is to be done once while the command runs.
std::function<bool(bool is_time)> once(std::function<void()> act);

/// Effects: fails the test unless the command ended with `status` and one error line that fits `reason`.
void expect_error(const Outcome& outcome, int status, const testing::Matcher<std::string>& reason);

}  // namespace refwave::test
