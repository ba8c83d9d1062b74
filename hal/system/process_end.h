// Whether this process is ending. Then a client's module may be gone, and on Windows all other threads are.
// One source file for each system.
#pragma once

namespace refwave::hal {

/// Effects: is_process_ending() can tell from now on. Thread: the one that enables the driver.
void watch_for_process_end() noexcept;

/// Effects: on Linux, a process that is at its exit is ending from now on. Thread: the one that disables the
/// driver.
void note_disable() noexcept;

/// Returns: whether the process is ending. Wait-free. Thread: any.
bool is_process_ending() noexcept;

}  // namespace refwave::hal
