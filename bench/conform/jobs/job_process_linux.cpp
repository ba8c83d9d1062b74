// A job's process is forked before any driver is loaded. The parent reads its report from a pipe. A crash,
// and SIGQUIT, add kPlaceMark and the thread's place to it, with tabs between: the thread's name, an address
// or 1, and of each frame, the innermost first, the module and the offset, in hexadecimal.
#include "bench/conform/jobs/jobs.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <thread>
#include <vector>

#include "inf/cli/console/failure.h"

namespace refwave::conform {
namespace {

int report_to = -1;                       // in a job's process: the pipe's end
alignas(16) char crash_stack[64 * 1024];  // of the main thread, whose own may have overflowed

bool is_of_the_system(const std::string& module) {
  for (const char* name : {"/libc.so", "/ld-linux", "/libstdc++", "/libgcc_s", "vdso"})
    if (module.find(name) != std::string::npos) return true;
  return false;
}

/// Leaves out the frames of this command, and the first two: this function and the return from the signal.
void write_place(int signal, siginfo_t* info, void*) {
  void* frames[24];
  const int count = backtrace(frames, 24);
  Dl_info here{}, module{};
  dladdr(reinterpret_cast<void*>(&write_place), &here);
  char name[16] = "";
  prctl(PR_GET_NAME, name);
  const bool has_address = signal == SIGSEGV || signal == SIGBUS;
  char line[PIPE_BUF];  // written at once, so that no other thread's lies in between
  int length = std::snprintf(line, sizeof(line), "%c%s\t%zx", kPlaceMark, name,
                             has_address ? reinterpret_cast<std::size_t>(info->si_addr) : std::size_t{1});
  for (int i = 2; i < count; ++i) {
    if (dladdr(frames[i], &module) == 0 || module.dli_fbase == here.dli_fbase) continue;
    const std::size_t room = sizeof(line) - static_cast<std::size_t>(length) - 1;
    const int more = std::snprintf(
        line + length, room, "\t%s\t%zx", module.dli_fname,
        reinterpret_cast<std::uintptr_t>(frames[i]) - reinterpret_cast<std::uintptr_t>(module.dli_fbase));
    if (static_cast<std::size_t>(more) >= room) break;
    length += more;
  }
  line[length++] = '\n';
  if (write(report_to, line, static_cast<std::size_t>(length)) < 0) return;
}

/// Returns: the first lines that a command prints.
std::vector<std::string> printed_by(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::vector<std::string> lines;
  char line[512];
  while (pipe && std::fgets(line, sizeof(line), pipe.get()) != nullptr)
    lines.emplace_back(line, std::strcspn(line, "\n"));
  return lines;
}

std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// Returns: "write, driver.cpp:112", the innermost that is not of the standard library; or without symbols or
/// binutils "driver.drv+0x1a2b".
std::string place_text(const std::string& module, const std::string& offsets) {
  if (module.empty()) return "code of no file";
  const auto lines = printed_by("addr2line -Cfse " + quoted(module) + offsets + " 2>/dev/null");
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2)
    if (!lines[i + 1].starts_with("??") && lines[i].find("std::") == std::string::npos)
      return lines[i] + ", " + lines[i + 1].substr(0, lines[i + 1].find(" (discriminator"));
  std::string innermost;
  std::istringstream(offsets) >> innermost;
  return std::filesystem::path(module).filename().string() + "+0x" + innermost;
}

/// Effects: from now on a crash of this process, and SIGQUIT, write the place. A sanitizer's handlers stay.
void report_places() {
  void* frame[1];
  backtrace(frame, 1);  // loads its library now
  stack_t stack{};
  stack.ss_sp = crash_stack;
  stack.ss_size = sizeof(crash_stack);
  sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT}) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_DFL) continue;
    action.sa_sigaction = write_place;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    // A crash is repeated when the handler returns, and ends the process.
    if (signal != SIGQUIT) action.sa_flags |= static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
}

/// Effects: sends SIGQUIT to each thread of the process.
void ask_for_places(pid_t process) {
  std::error_code error;
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task", error))
    syscall(SYS_tgkill, process, std::stoi(thread.path().filename()), SIGQUIT);
}

/// Returns: these lines as text, "main in write, driver.cpp:112; …", for at most four threads; without
/// symbols "driver.drv+0x1a2b". The name of a thread is left out if there is one place.
std::string places_in(const std::string& lines) {
  std::vector<std::string> names, places;
  std::istringstream stream(lines);
  for (std::string line; places.size() < 4 && std::getline(stream, line);) {
    std::istringstream words(line.substr(1));
    std::string address, frame, offset, module, offsets;
    std::getline(words, names.emplace_back(), '\t');
    std::getline(words, address, '\t');
    // The innermost place outside the system's libraries, or else the innermost one.
    while (std::getline(words, frame, '\t') && std::getline(words, offset, '\t')) {
      if (module.empty() || (is_of_the_system(module) && !is_of_the_system(frame))) {
        module = frame;
        offsets.clear();
      }
      if (frame == module) offsets += " " + offset;
    }
    places.push_back("in " + place_text(module, offsets) + (address == "1" ? "" : ", address 0x" + address));
  }
  if (places.size() == 1) return places[0];
  std::string text;
  for (std::size_t i = 0; i < places.size(); ++i)
    text.append(i == 0 ? "" : "; ").append(names[i]).append(" ").append(places[i]);
  return text;
}

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
    ended_ = ended_ || waitpid(pid_, &status_, WNOHANG) != 0;
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
  std::signal(SIGCHLD, SIG_DFL);  // ignored, it would take the status away
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
    report_places();
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
