#include <windows.h>

#include "hal/system/thread_id.h"

namespace refwave::hal {

std::uintptr_t this_thread_id() noexcept { return GetCurrentThreadId(); }

std::uint32_t current_processor() noexcept { return GetCurrentProcessorNumber(); }

}  // namespace refwave::hal
