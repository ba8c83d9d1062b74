#include "driver/engine/audio_thread.h"

namespace refwave::engine {

// Windows tells a thread its own stack's limits and nobody else's.
std::size_t stack_bytes_of(std::uintptr_t) noexcept { return 0; }

// A new thread is ordinary, whatever the one is that starts it.
void keep_children_ordinary(std::uintptr_t) noexcept {}

}  // namespace refwave::engine
