// A thread that others have made, as a sound library makes its audio thread: the size of its stack, and the
// priority of threads that are started on it. One source file for each system. Called on control threads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::hal {

/// Returns: the stack of a thread (by its this_thread_id()) in bytes; 0 if the system does not tell.
/// The thread must not have been joined. Thread: control.
std::size_t stack_bytes_of(std::uintptr_t thread) noexcept;

/// Effects: threads that a client starts on that thread, inside its callback, have ordinary priority, where
/// the system can do that. The thread's own priority stays. Thread: control.
void keep_children_ordinary(std::uintptr_t thread) noexcept;

}  // namespace refwave::hal
