// Who is calling. One source file a platform.
#pragma once

#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

/// Returns: a number that no other living thread has; never 0. No system call.
REFWAVE_AUDIO_THREAD std::uintptr_t current_thread_id() noexcept;

}  // namespace refwave::core
