// Counts the system calls of one live thread of another process, by ptrace. The thread is stopped at each, so
// it is slower than it would be, and otherwise as it is.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>

namespace refwave::test {

/// Returns: the thread of that process and name; 0 if none appears within `patience`.
pid_t find_thread(pid_t process, const std::string& name, std::chrono::milliseconds patience);

struct SystemCalls {
  std::map<long, unsigned> count;  // by number (sys/syscall.h)
  std::string problem;             // empty, or why nothing was counted
};

/// Effects: follows the thread for that long. Returns when the thread ends, too; a thread that neither makes
/// a system call nor ends would be waited for, so give its process an end of its own (alarm).
SystemCalls count_system_calls(pid_t thread, std::chrono::milliseconds duration);

}  // namespace refwave::test
