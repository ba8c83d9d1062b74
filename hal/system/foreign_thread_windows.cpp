#include "hal/system/foreign_thread.h"

namespace refwave::hal {

// Windows tells a thread the limits of its own stack only.
std::size_t stack_bytes_of(std::uintptr_t) noexcept { return 0; }

// A new thread has ordinary priority, whatever priority its creator has.
void keep_children_ordinary(std::uintptr_t) noexcept {}

}  // namespace refwave::hal
