#include "hal/system/threads.h"

namespace refwave::hal {

void relax() noexcept { asm volatile("yield"); }

}  // namespace refwave::hal
