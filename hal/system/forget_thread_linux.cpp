#include "hal/system/forget_thread.h"

namespace refwave::hal {

// The C++ library is a module of its own, and stays.
void forget_this_thread() noexcept {}

}  // namespace refwave::hal
