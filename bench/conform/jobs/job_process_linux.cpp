// A job's process is forked before any driver is loaded. The parent reads its report from a pipe.
#include "bench/conform/jobs/job_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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

  bool has_ended() override {
    ended_ = ended_ || waitpid(pid_, &status_, WNOHANG) == pid_;
    return ended_;
  }

  /// Threads that block SIGQUIT do not say where they are. The others have a moment.
  void kill() override {
    ask_for_places(pid_);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ::kill(pid_, SIGKILL);
  }

  End end() override {
    if (!ended_) waitpid(pid_, &status_, 0);
    std::string report;
    char text[512];
    for (ssize_t bytes = 0; (bytes = read(pipe_, text, sizeof(text))) > 0;)
      report.append(text, static_cast<std::size_t>(bytes));
    const std::string crash = WIFSIGNALED(status_) ? strsignal(WTERMSIG(status_)) : "";
    const std::size_t places = std::min(report.find(kPlaceMark), report.size());
    return {report.substr(0, places), crash, WEXITSTATUS(status_), places_in(report.substr(places))};
  }

 private:
  const pid_t pid_;
  const int pipe_;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace

void run_job_of_this_process(const Work&) {}  // fork has taken it there

std::unique_ptr<JobProcess> start_process(const std::string& name, const Work& work) {
  int ends[2];
  // A process that the driver has left behind may keep the other end open.
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw cli::Failure("no pipe for a rule's process");
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

void report_to_parent(const std::string& text) {
  if (write(report_to, text.data(), text.size()) < 0) std::_Exit(cli::kFailed);
}

void end_process() { std::_Exit(0); }

}  // namespace refwave::conform
