// Runs the command as a child process, and keeps its output and its exit status. Every wait has a deadline.
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/processor_waits.h"

namespace refwave::test {

struct Outcome {
  int status = -1;  // exit status; 128 + signal if one ended it
  std::string out;
  std::string err;        // without the lines of `underruns`, unless standard error is a terminal
  std::string underruns;  // the lines about underruns, which a busy machine may add to any test
};

/// The environment of a child: the test's own, with REFWAVE_CONFIG empty, and these changes.
struct Surroundings {
  std::vector<std::string> environment{};  // NAME=value, added last
  bool stderr_is_terminal = false;         // where has_pseudo_terminals()
  std::size_t largest_file = 0;            // bytes; 0: unlimited
  /// Called with what standard error has shown so far; true sends SIGINT, once.
  std::function<bool(const std::string& err)> interrupt_when{};
  /// With it, standard input is the terminal of standard error. Called with what standard error has shown so
  /// far. Returns: the keys to type now.
  std::function<std::string(const std::string& err)> type{};
  ProcessorWaits* waits = nullptr;  // has to look while the child lives
};

/// Returns: how `refwave arguments…` ended. A child that runs for over a minute is killed and fails the test.
Outcome run_refwave(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});

/// Returns: how `bash -c command` ended, with the command's folder in its PATH: `refwave play - <…`.
Outcome run_bash(const std::string& command, const Surroundings& surroundings = {});

/// Returns: the commands that play the file directly and through a pipe.
std::array<std::string, 2> both_ways(const std::string& file);

/// Expects: the file is played, directly and through a pipe; the output matches `regex`, and standard error
/// is empty, or matches `reported`.
void expect_played(const std::string& file, const std::string& regex,
                   const testing::Matcher<std::string>& reported = std::string());

inline constexpr const char* kNoPseudoTerminal = "no pseudo-terminal here (a container without devpts?)";

bool has_pseudo_terminals();

std::vector<std::string> lines_of(const std::string& text);

/// Returns: whether `text` is one line that begins with "refwave: " and has a remedy after a semicolon.
bool is_one_error_line(const std::string& text);

/// Returns: a function that calls `act` when it is first called with true, and returns whether it has done
/// so.
std::function<bool(bool is_time)> once(std::function<void()> act);

/// Effects: fails the test unless the command ended with `status` and one error line that fits `reason`.
void expect_error(const Outcome& outcome, int status, const testing::Matcher<std::string>& reason);

}  // namespace refwave::test
