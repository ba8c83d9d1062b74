// How large another thread's stack is. One source file a platform.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hal/system/thread_id.h"

namespace refwave::engine {

/// Returns: the stack of a thread (hal::this_thread_id() of it) in bytes; 0 if the system does not tell.
/// The thread must not have been joined. Thread: control.
std::size_t stack_bytes_of(std::uintptr_t thread) noexcept;

}  // namespace refwave::engine
