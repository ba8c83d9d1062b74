#include "bench/audio_callback/system_calls.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace refwave::bench {
namespace {

constexpr long kMark = SYS_getppid;  // a system call that audio threads do not make
constexpr int kSystemCallStop = SIGTRAP | 0x80;
constexpr unsigned kLongestSeconds = 30;

/// Returns: the number of the system call that the stopped thread is about to make; -1 if it is coming out of
/// one.
long entered(pid_t thread) {
  __ptrace_syscall_info info{};
  const auto size = reinterpret_cast<void*>(sizeof info);
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, size, &info) < 0) return -1;
  return info.op == PTRACE_SYSCALL_INFO_ENTRY ? static_cast<long>(info.entry.nr) : -1;
}

[[noreturn]] void run_traced(const std::function<void(const std::function<void()>&)>& work) {
  alarm(kLongestSeconds);
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) < 0) _exit(1);
  raise(SIGSTOP);
  work([] { syscall(kMark); });
  _exit(0);
}

/// Returns: what the stopped child's thread calls between its marks; nothing if it ends before the second.
std::optional<long> follow(pid_t child) {
  long calls = 0;
  int marks = 0;
  int status = 0;
  ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  for (int signal = 0;;) {
    if (ptrace(PTRACE_SYSCALL, child, nullptr, signal) < 0) return std::nullopt;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return std::nullopt;
    signal = WSTOPSIG(status) == kSystemCallStop ? 0 : WSTOPSIG(status);
    const long number = signal == 0 ? entered(child) : -1;
    if (number == kMark && ++marks == 2) return calls;
    if (marks == 1 && number >= 0 && number != kMark && number != SYS_clock_nanosleep) ++calls;
  }
}

}  // namespace

std::optional<long> count_system_calls(const std::function<void(const std::function<void()>& mark)>& work) {
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) run_traced(work);
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return std::nullopt;
  const auto calls = follow(child);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return calls;
}

}  // namespace refwave::bench
