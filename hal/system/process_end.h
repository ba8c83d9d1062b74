// Whether this process is ending. Then a client's module may be gone, and on Windows all other threads are.
// One source file for each system.
#pragma once

namespace refwave::hal {

/// Effects: the functions below can tell, and are wait-free, from now on. Thread: the one that enables the
/// driver.
void watch_for_process_end() noexcept;

/// Effects: on Linux, a process that is at its exit is ending from now on. Thread: the one that disables the
/// driver.
void note_disable() noexcept;

/// Returns: whether the process is ending. Thread: any.
bool is_process_ending() noexcept;

/// Returns: whether the system has killed all other threads of this process, as Windows does at its end. A
/// killed thread may have held any lock, and changed anything by half. Thread: any.
bool are_other_threads_killed() noexcept;

}  // namespace refwave::hal
