#include "driver/core/handover/processor.h"

namespace refwave::core {

void relax() noexcept { asm volatile("yield"); }

}  // namespace refwave::core
