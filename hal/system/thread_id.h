// Which thread is calling, and on which processor it runs. Any thread, the audio thread included. One source
// file a system.
#pragma once

#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

/// Returns: a number that no other living thread has; never 0. No system call, and nothing is allocated, as
/// std::this_thread::get_id() does for threads that it does not know.
REFWAVE_AUDIO_THREAD std::uintptr_t this_thread_id() noexcept;

/// Returns: the processor that the calling thread runs on, as the system numbers them; by the time it is read
/// it may be another. No system call.
REFWAVE_AUDIO_THREAD std::uint32_t current_processor() noexcept;

}  // namespace refwave::hal
