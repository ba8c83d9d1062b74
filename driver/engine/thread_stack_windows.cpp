#include "driver/engine/thread_stack.h"

namespace refwave::engine {

// Windows tells a thread its own stack's limits and nobody else's.
std::size_t stack_bytes_of(std::uintptr_t) noexcept { return 0; }

}  // namespace refwave::engine
