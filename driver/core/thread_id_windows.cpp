#include <windows.h>

#include "driver/core/thread_id.h"

namespace refwave::core {

std::uintptr_t current_thread_id() noexcept { return GetCurrentThreadId(); }

std::uint32_t current_processor() noexcept { return GetCurrentProcessorNumber(); }

}  // namespace refwave::core
