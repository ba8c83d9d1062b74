// A process for each rule: forked before anything is loaded, its finding read from a pipe.
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>

#include "driver/cli/conform/platform.h"
#include "driver/cli/failure.h"

namespace refwave::cli::conform {
namespace {

// A child's time is counted in the parent's naps: where the machine is busy, both have more of it.
constexpr std::chrono::milliseconds kNap{10};

int report_to = -1;  // in a job's process: the pipe's end

/// A finding in the pipe is its outcome's digit and then the text.
std::string packed(const Finding& finding) {
  return static_cast<char>('0' + static_cast<int>(finding.outcome)) + finding.seen;
}

Finding unpacked(const std::string& text) { return {static_cast<Outcome>(text[0] - '0'), text.substr(1)}; }

void report(const Finding& finding) {
  const std::string text = packed(finding);
  if (write(report_to, text.data(), text.size()) < 0) std::_Exit(kFailed);
}

/// A sanitizer brings a thread of its own with a process's first: rules that count threads begin behind it.
void have_had_a_thread() {
  std::string entry;
  std::thread([&] { entry = "/proc/self/task/" + std::to_string(gettid()); }).join();
  while (access(entry.c_str(), F_OK) == 0) std::this_thread::yield();
}

[[noreturn]] void be_the_child(const Job& job) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    have_had_a_thread();
    job.work();
  } catch (const std::exception& error) {
    end_rule({Outcome::broken, std::string("unexpected: ") + error.what()});
  }
  report({});
  std::exit(0);
}

struct Child {
  std::size_t job = 0;
  pid_t pid = 0;
  int pipe = -1;
  std::int64_t naps_left = 0;
  std::string text;
  bool hung = false;
};

Child start(std::size_t number, const Job& job, std::chrono::seconds longest) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Failure("no pipe for a rule's process");
  std::fflush(stdout);
  const pid_t pid = fork();
  if (pid < 0) throw Failure("no process for a rule");
  if (pid == 0) {
    close(ends[0]);
    report_to = ends[1];
    be_the_child(job);
  }
  close(ends[1]);
  return {.job = number, .pid = pid, .pipe = ends[0], .naps_left = longest / kNap, .text = {}};
}

/// Effects: reads what there is. Returns: whether the process is at its end.
bool read_some(Child& child) {
  char text[512];
  const ssize_t bytes = read(child.pipe, text, sizeof(text));
  if (bytes > 0) child.text.append(text, static_cast<std::size_t>(bytes));
  return bytes <= 0;
}

Finding end_of(const Child& child) {
  int status = 0;
  waitpid(child.pid, &status, 0);
  close(child.pipe);
  if (child.hung) return {Outcome::broken, "hung"};
  if (WIFSIGNALED(status)) {
    return {Outcome::broken, std::string("crashed: ") + strsignal(WTERMSIG(status)) +
                                 (child.text.empty() ? "" : ", at its end")};
  }
  const bool no_finding = child.text.empty();
  if (no_finding || (child.text[0] == '0' && WEXITSTATUS(status) != 0))
    return {Outcome::broken, "the process ended with status " + std::to_string(WEXITSTATUS(status))};
  return unpacked(child.text);
}

/// Effects: waits for one of the children to say something, or a nap long.
void wait_for_any(std::vector<Child>& children) {
  std::vector<pollfd> polled;
  polled.reserve(children.size());
  for (const Child& child : children) polled.push_back({.fd = child.pipe, .events = POLLIN, .revents = 0});
  if (poll(polled.data(), polled.size(), static_cast<int>(kNap.count())) != 0) return;
  for (Child& child : children) --child.naps_left;
}

/// Returns: whether a child is at its end, by itself or because its time is over.
bool is_over(Child& child) {
  pollfd polled{.fd = child.pipe, .events = POLLIN, .revents = 0};
  if (poll(&polled, 1, 0) > 0) return read_some(child);
  if (child.naps_left > 0) return false;
  child.hung = true;
  kill(child.pid, SIGKILL);
  return true;
}

}  // namespace

void end_rule(const Finding& finding) {
  static std::atomic<bool> ended{false};
  while (ended.exchange(true)) pause();  // another thread was first, and the process is at its end
  report(finding);
  std::_Exit(0);
}

void run_jobs(const std::vector<Job>& jobs, std::size_t at_once, std::chrono::seconds longest,
              const std::function<void(std::size_t, Finding)>& told) {
  std::vector<Child> children;
  std::size_t next = 0;
  const auto may_start = [&] {
    if (next == jobs.size() || children.size() >= at_once) return false;
    const bool somebody_is_alone = std::any_of(children.begin(), children.end(),
                                               [&](const Child& child) { return jobs[child.job].alone; });
    return children.empty() || (!jobs[next].alone && !somebody_is_alone);
  };
  while (next != jobs.size() || !children.empty()) {
    for (; may_start(); ++next) children.push_back(start(next, jobs[next], longest));
    wait_for_any(children);
    for (std::size_t i = 0; i < children.size();) {
      if (!is_over(children[i])) {
        ++i;
        continue;
      }
      const Child child = children[i];
      children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
      told(child.job, end_of(child));
    }
  }
}

}  // namespace refwave::cli::conform
