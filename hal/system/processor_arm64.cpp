#include "hal/system/processor.h"

namespace refwave::hal {

void relax() noexcept { asm volatile("yield"); }

}  // namespace refwave::hal
