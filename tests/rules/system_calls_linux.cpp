#include "tests/rules/system_calls_linux.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace refwave::test {
namespace {

constexpr int kSystemCallStop = SIGTRAP | 0x80;  // as PTRACE_O_TRACESYSGOOD marks it

/// Returns: the number of the system call that the stopped thread is about to make; -1 if it is coming out of
/// one.
long entered(pid_t thread) {
  __ptrace_syscall_info info{};
  const auto size = reinterpret_cast<void*>(sizeof info);
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, size, &info) < 0) return -1;
  return info.op == PTRACE_SYSCALL_INFO_ENTRY ? static_cast<long>(info.entry.nr) : -1;
}

/// Returns: the signal that was on its way to the stopped thread; 0 for stops of the tracer's own.
int signal_of(int status) {
  const bool own = WSTOPSIG(status) == kSystemCallStop || status >> 16 == PTRACE_EVENT_STOP;
  return own ? 0 : WSTOPSIG(status);
}

}  // namespace

SystemCalls count_system_calls(pid_t thread, std::chrono::milliseconds duration) {
  SystemCalls calls;
  if (ptrace(PTRACE_SEIZE, thread, nullptr, PTRACE_O_TRACESYSGOOD) < 0 ||
      ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) < 0) {
    calls.problem = std::string("ptrace is not permitted here: ") + std::strerror(errno);
    return calls;
  }
  const auto deadline = std::chrono::steady_clock::now() + duration;
  int status = 0;
  while (waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      ptrace(PTRACE_DETACH, thread, nullptr, signal_of(status));
      return calls;
    }
    const long number = WSTOPSIG(status) == kSystemCallStop ? entered(thread) : -1;
    if (number >= 0) ++calls.count[number];
    ptrace(PTRACE_SYSCALL, thread, nullptr, signal_of(status));
  }
  calls.problem = "the thread ended while it was watched";
  return calls;
}

}  // namespace refwave::test
