// Who is calling, and where it runs. One source file a platform.
#pragma once

#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

/// Returns: a number that no other living thread has; never 0. No system call.
REFWAVE_AUDIO_THREAD std::uintptr_t current_thread_id() noexcept;

/// Returns: the processor that the calling thread runs on, as the system numbers them; by the time it is read
/// it may be another. No system call.
REFWAVE_AUDIO_THREAD std::uint32_t current_processor() noexcept;

}  // namespace refwave::core
