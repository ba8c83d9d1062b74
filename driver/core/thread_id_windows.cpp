#include <windows.h>

#include "driver/core/thread_id.h"

namespace refwave::core {

std::uintptr_t current_thread_id() noexcept { return GetCurrentThreadId(); }

}  // namespace refwave::core
