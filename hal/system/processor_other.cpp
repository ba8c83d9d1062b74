#include "hal/system/threads.h"

namespace refwave::hal {

// No instruction, and not nothing either: the call keeps the compiler from joining two reads of a spin.
void relax() noexcept { asm volatile("" : : : "memory"); }

}  // namespace refwave::hal
