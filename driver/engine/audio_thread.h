// An audio thread that a sound library made: how large its stack is, and what threads that it starts inherit.
// One source file a platform. Called by DeviceOpener, on control threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hal/system/thread_id.h"

namespace refwave::engine {

/// Returns: the stack of a thread (hal::this_thread_id() of it) in bytes; 0 if the system does not tell.
/// The thread must not have been joined. Thread: control.
std::size_t stack_bytes_of(std::uintptr_t thread) noexcept;

/// Effects: what a client starts on that thread, inside its callback, is ordinary, where the system can do
/// that; the thread's own priority stays. Thread: control.
void keep_children_ordinary(std::uintptr_t thread) noexcept;

}  // namespace refwave::engine
