// How many system calls a thread makes. A parent process counts them: it stops the thread at each (ptrace).
// This needs only the rights of a debugger.
#pragma once

#include <functional>
#include <optional>

namespace refwave::bench {

/// Effects: runs `work(mark)` in a child process, on a core of its own choice. `work` calls `mark()` where
/// the counting begins, and again where it ends. Returns: the system calls of the thread that ran it,
/// between the two marks. clock_nanosleep is left out, because it stands for the device. Nothing, where the
/// system permits no tracing. Must be called while the process has one thread.
std::optional<long> count_system_calls(const std::function<void(const std::function<void()>& mark)>& work);

}  // namespace refwave::bench
