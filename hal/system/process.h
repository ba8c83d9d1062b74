// The process, and the module in it that holds this code: name, number and end. One source file a system.
#pragma once

#include <cstdint>
#include <string>

namespace refwave::hal {

/// Returns: the file name of the process's executable, in UTF-8; empty if not known. Thread: any.
std::string program_name();
/// Returns: the number that the system knows this process by. Thread: any.
std::uint32_t process_number();

/// Returns: how long in all a thread of this process, by the system's number (0: the calling one), has waited
/// for a processor; -1 if not known. Takes some microseconds. Thread: any that may wait.
std::int64_t waited_for_processor_ns(std::uint32_t thread = 0) noexcept;
/// Returns: how long in all any thread of the machine has waited for a processor; -1 and so on as above.
std::int64_t pressure_ns() noexcept;

/// Effects: this module is never unloaded. Thread: any.
void pin_module() noexcept;
/// Effects: gives back the C++ library's record of the calling thread. Thread: any, in its last call into the
/// module; other threads must not have been killed, because one may have held a lock of that library.
void forget_this_thread() noexcept;

/// Effects: the functions below work, wait-free, from now on. Thread: the one that enables the driver.
void watch_for_process_end() noexcept;
/// Effects: on Linux, a process at its exit is ending from now on. Thread: the one that disables the driver.
void note_disable() noexcept;
/// Effects: on Linux the process's exit() calls `act` before it ends any library that is loaded by now;
/// _exit() and signals do not, nor does a forked child. On Windows nothing: the exit has killed the threads
/// that would play. Later calls do nothing. Thread: any.
void at_process_exit(void (*act)() noexcept) noexcept;
/// Returns: whether the process is ending: modules and, on Windows, threads may be gone. Thread: any.
bool is_process_ending() noexcept;
/// Returns: whether the system has killed all other threads of this process, as Windows does at its end, and
/// Linux in the child of a fork(). One may have held any lock. Thread: any.
bool are_other_threads_killed() noexcept;

}  // namespace refwave::hal
