// The calling thread's number, and the processor on which it runs. Any thread, the audio thread included. One
// source file for each system.
#pragma once

#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

/// Returns: a number that no other living thread has; never 0. It makes no system call and allocates nothing.
/// std::this_thread::get_id() may allocate for threads that it does not know.
REFWAVE_AUDIO_THREAD std::uintptr_t this_thread_id() noexcept;

/// Returns: the system's number of the processor on which the calling thread runs. The thread may have moved
/// when the caller reads the number. No system call.
REFWAVE_AUDIO_THREAD std::uint32_t current_processor() noexcept;

}  // namespace refwave::hal
