// Which system calls a thread makes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>

namespace refwave::test {

/// The system calls of one thread.
struct SystemCalls {
  std::map<long, unsigned> count;  // by number (sys/syscall.h)
  std::string problem;             // empty, or why nothing was counted
};

/// Effects: follows a thread of another process for that long, by ptrace. It is stopped at each call, so it
/// is slower than it would be, and otherwise as it is. Returns when the thread ends, too; a thread that
/// neither makes a system call nor ends would be waited for, so its process has an end of its own (alarm).
SystemCalls count_system_calls(pid_t thread, std::chrono::milliseconds duration);

}  // namespace refwave::test
