// The stack size of an audio thread that a sound library made, and the priority of threads that are started
// on it. One source file for each system. Called by DeviceOpener, on control threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hal/system/thread_id.h"

namespace refwave::engine {

/// Returns: the stack of a thread (hal::this_thread_id() of it) in bytes; 0 if the system does not tell.
/// The thread must not have been joined. Thread: control.
std::size_t stack_bytes_of(std::uintptr_t thread) noexcept;

/// Effects: threads that a client starts on that thread, inside its callback, have ordinary priority, where
/// the system can do that. The thread's own priority stays. Thread: control.
void keep_children_ordinary(std::uintptr_t thread) noexcept;

}  // namespace refwave::engine
