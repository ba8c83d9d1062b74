// How many system calls a thread makes: counted by a parent process that stops it at each (ptrace), so that
// no right is needed that a debugger would not have.
#pragma once

#include <functional>
#include <optional>

namespace refwave::bench {

/// Effects: in a child process: `work(mark)`, which calls `mark()` where the counting begins, and again where
/// it ends. It runs on a core of its own choice. Returns: the system calls of the thread that ran it between
/// the two marks, clock_nanosleep left out, for it stands for the device; nothing where the system permits no
/// tracing. Must be called while the process has one thread.
std::optional<long> count_system_calls(const std::function<void(const std::function<void()>& mark)>& work);

}  // namespace refwave::bench
