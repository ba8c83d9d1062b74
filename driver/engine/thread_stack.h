// How large another thread's stack is. One source file a platform.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::engine {

/// Returns: the stack of a thread (core::current_thread_id() of it) in bytes; 0 if the system does not tell.
/// The thread must not have been joined. Thread: control.
std::size_t stack_bytes_of(std::uintptr_t thread) noexcept;

}  // namespace refwave::engine
