// Priority for the audio thread of a sound library, asked of the system from another thread. One
// implementation for each system, chosen by CMake.
#pragma once

#include <cstdint>
#include <string>

#include "hal/device.h"

namespace refwave::hal {

/// Effects: asks for priority for a thread (the kernel's number). Takes half a second at most. Returns: what
/// the thread has now, in the log's words: "SCHED_FIFO, priority 20". Thread: control.
std::string prioritise(std::int32_t thread, AudioPriority wish);

}  // namespace refwave::hal
