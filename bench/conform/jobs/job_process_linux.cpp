// A job's process is forked before any driver is loaded. The parent reads its report from a pipe.
#include "bench/conform/jobs/job_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <thread>

#include "bench/conform/jobs/where_linux.h"
#include "inf/cli/console/failure.h"

namespace refwave::conform {
namespace {

int report_to = -1;  // in a job's process: the pipe's end

/// A sanitizer brings a thread of its own with a process's first: rules that count threads begin after it.
void have_had_a_thread() {
  std::string entry;
  std::thread([&] { entry = "/proc/self/task/" + std::to_string(gettid()); }).join();
  while (access(entry.c_str(), F_OK) == 0) std::this_thread::yield();
}

class ForkedProcess : public JobProcess {
 public:
  ForkedProcess(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}
  ~ForkedProcess() override { close(pipe_); }
  ForkedProcess(const ForkedProcess&) = delete;
  ForkedProcess& operator=(const ForkedProcess&) = delete;

  int pipe() const { return pipe_; }

  /// It has ended when no process has the pipe's write end.
  bool has_ended() override {
    pollfd polled{.fd = pipe_, .events = POLLIN, .revents = 0};
    char text[512];
    while (!at_end_ && poll(&polled, 1, 0) > 0) {
      const ssize_t bytes = read(pipe_, text, sizeof(text));
      if (bytes > 0) report_.append(text, static_cast<std::size_t>(bytes));
      at_end_ = bytes <= 0;
    }
    return at_end_;
  }

  /// Threads that block SIGQUIT do not say where they are. The others have a moment.
  void kill() override {
    ask_for_places(pid_);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    has_ended();
    places_ = places_in(report_, pid_);
    ::kill(pid_, SIGKILL);
  }

  End end() override {
    int status = 0;
    waitpid(pid_, &status, 0);
    if (places_.empty()) places_ = places_in(report_, pid_);
    const std::string crash = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "";
    return {report_.substr(0, report_.find(kPlaceMark)), crash, WEXITSTATUS(status), places_};
  }

 private:
  pid_t pid_;
  int pipe_;
  bool at_end_ = false;
  std::string report_;
  std::string places_;
};

}  // namespace

void run_job_of_this_process(const Work&) {}  // fork has taken it there

std::unique_ptr<JobProcess> start_process(const std::string& name, const Work& work) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw cli::Failure("no pipe for a rule's process");
  std::fflush(stdout);
  const pid_t pid = fork();
  if (pid < 0) {
    const std::string reason = std::generic_category().message(errno);
    close(ends[0]);
    close(ends[1]);
    throw cli::Failure("no process for a rule: " + reason + "; try --jobs 1");
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(ends[0]);
    dup2(STDERR_FILENO, STDOUT_FILENO);  // what a driver prints is no part of the report
    report_to = ends[1];
    report_places_to(report_to);
    have_had_a_thread();
    do_the_job(work, name);
  }
  close(ends[1]);
  return std::make_unique<ForkedProcess>(pid, ends[0]);
}

bool wait_for_any(const JobProcesses& processes, std::chrono::milliseconds nap) {
  std::vector<pollfd> polled;
  polled.reserve(processes.size());
  for (const auto& process : processes) {
    const int pipe = static_cast<const ForkedProcess&>(*process).pipe();
    polled.push_back({.fd = pipe, .events = POLLIN, .revents = 0});
  }
  return poll(polled.data(), polled.size(), static_cast<int>(nap.count())) != 0;
}

void report_to_parent(const std::string& text) {
  if (write(report_to, text.data(), text.size()) < 0) std::_Exit(cli::kFailed);
}

void end_process() { std::_Exit(0); }

}  // namespace refwave::conform
