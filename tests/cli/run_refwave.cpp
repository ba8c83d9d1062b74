#include "tests/cli/run_refwave.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <utility>

#include "tests/support/child_process.h"

namespace refwave::test {
namespace {

constexpr auto kDeadline = std::chrono::seconds(60);

struct Pipe {
  std::string path() const { return "/proc/self/fd/" + std::to_string(write_end); }
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe(bool is_terminal) {
  std::array<int, 2> ends{-1, -1};
  if (is_terminal) {
    EXPECT_EQ(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr), 0) << kNoPseudoTerminal;
  } else {
    EXPECT_EQ(::pipe(ends.data()), 0);
  }
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return {ends[0], ends[1]};
}

/// Returns: the words that start the program so. AddressSanitizer ignores leaks: libraries that PortAudio and
/// ALSA load (libjack, libpulse) leave some, which cannot be attributed once they are unloaded.
std::vector<std::string> command_line(const std::string& program, const std::vector<std::string>& arguments,
                                      const Surroundings& surroundings) {
  const char* const options = std::getenv("ASAN_OPTIONS");
  std::vector<std::string> words{
      "env", "-u", "COLUMNS", "REFWAVE_CONFIG=",
      "ASAN_OPTIONS=" + (options != nullptr ? std::string(options) + ":" : "") + "detect_leaks=0"};
  words.insert(words.end(), surroundings.environment.begin(), surroundings.environment.end());
  if (surroundings.largest_file > 0)
    words.insert(words.end(), {"prlimit", "--fsize=" + std::to_string(surroundings.largest_file)});
  words.push_back(program);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

/// Returns: false at the end of the output.
bool read_more(int descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string last_of(const std::string& text) {
  return text.substr(text.size() - std::min<std::size_t>(text.size(), 300));
}

void type(const std::string& keys, const Pipe& terminal) {
  if (keys.empty()) return;
  EXPECT_EQ(::write(terminal.read_end, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
}

void read_until_closed(const ChildProcess& child, const Pipe& out, const Pipe& err,
                       const Surroundings& surroundings, Outcome& outcome) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  bool may_interrupt = surroundings.interrupt_when != nullptr;
  std::array<pollfd, 2> polled{pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0}};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    ::poll(polled.data(), polled.size(), 20);
    if (polled[0].revents != 0 && !read_more(polled[0].fd, outcome.out)) polled[0].fd = -1;
    if (polled[1].revents != 0 && !read_more(polled[1].fd, outcome.err)) polled[1].fd = -1;
    if (may_interrupt && surroundings.interrupt_when(outcome.err)) {
      may_interrupt = false;
      child.signal(SIGINT);
    }
    if (surroundings.type) type(surroundings.type(outcome.err), err);
    if (surroundings.waits != nullptr) surroundings.waits->look();
    if (std::chrono::steady_clock::now() < deadline) continue;
    ADD_FAILURE() << "refwave ran for over a minute; it printed at last: " << last_of(outcome.out)
                  << last_of(outcome.err);
    child.signal(SIGKILL);
    return;
  }
}

/// Effects: moves the lines about underruns from `err` to `underruns`.
void take_underruns_out(Outcome& outcome) {
  std::istringstream lines(std::exchange(outcome.err, {}));
  for (std::string line; std::getline(lines, line);) {
    const bool underrun = line.find(" underrun: blocks came too late") != std::string::npos ||
                          line.find(" s of gaps, because") != std::string::npos;
    (underrun ? outcome.underruns : outcome.err) += line + (lines.eof() ? "" : "\n");
  }
}

Outcome run(const std::string& program, const std::vector<std::string>& arguments,
            const Surroundings& surroundings) {
  const Pipe out = make_pipe(false);
  const Pipe err = make_pipe(surroundings.stderr_is_terminal || surroundings.type);
  ChildProcess child(command_line(program, arguments, surroundings), {},
                     {out.path(), err.path(), surroundings.type ? err.path() : ""});
  ::close(out.write_end);
  ::close(err.write_end);
  Outcome outcome;
  read_until_closed(child, out, err, surroundings, outcome);
  outcome.status = child.end(0);
  ::close(out.read_end);
  ::close(err.read_end);
  // A test of real time that fails by a crash is not tried again.
  for (const int by : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV})
    if (outcome.status == 128 + by) std::cerr << "refwave crashed: " << strsignal(by) << '\n';
  if (!surroundings.stderr_is_terminal && !surroundings.type) take_underruns_out(outcome);
  return outcome;
}

}  // namespace

Outcome run_refwave(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  return run(REFWAVE_COMMAND, arguments, surroundings);
}

Outcome run_bash(const std::string& command, const Surroundings& surroundings) {
  const std::string file = REFWAVE_COMMAND;
  // A report of a file is one line, however long the name.
  const std::string before =
      "PATH=" + file.substr(0, file.rfind('/')) + ":$PATH\nexport COLUMNS=${COLUMNS:-300}\n";
  return run("/bin/bash", {"-c", before + command}, surroundings);
}

std::array<std::string, 2> both_ways(const std::string& file) {
  return {"refwave play " + file, "cat " + file + " | refwave play -"};
}

void expect_played(const std::string& file, const std::string& regex,
                   const testing::Matcher<std::string>& reported) {
  for (const std::string& line : both_ways(file)) {
    const Outcome outcome = run_bash(line + " --device clocked --option clock=20 --buffers 64");
    EXPECT_EQ(outcome.status, 0) << line << ": " << outcome.err;
    EXPECT_THAT(outcome.err, reported) << line;
    EXPECT_THAT(outcome.out, testing::ContainsRegex(regex)) << line;
  }
}

bool has_pseudo_terminals() {
  int master = -1;
  int terminal = -1;
  if (::openpty(&master, &terminal, nullptr, nullptr, nullptr) != 0) return false;
  ::close(master);
  ::close(terminal);
  return true;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_one_error_line(const std::string& text) {
  return text.starts_with("refwave: ") && text.find('\n') == text.size() - 1 &&
         text.find(';') != std::string::npos;
}

std::function<bool(bool)> once(std::function<void()> act) {
  return [act = std::move(act), is_done = false](bool is_time) mutable {
    if (is_time && !is_done) {
      is_done = true;
      act();
    }
    return is_done;
  };
}

void expect_error(const Outcome& outcome, int status, const testing::Matcher<std::string>& reason) {
  EXPECT_EQ(outcome.status, status);
  EXPECT_TRUE(is_one_error_line(outcome.err)) << outcome.err;
  EXPECT_THAT(outcome.err, reason);
}

}  // namespace refwave::test
