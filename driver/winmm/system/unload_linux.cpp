#include "driver/winmm/system/unload.h"

namespace refwave::winmm {

// The C++ library is a module of its own, and stays.
void forget_this_thread() noexcept {}

}  // namespace refwave::winmm
