#include <pthread.h>
#include <sched.h>

#include "hal/system/thread_id.h"

namespace refwave::hal {

std::uintptr_t this_thread_id() noexcept { return static_cast<std::uintptr_t>(pthread_self()); }

std::uint32_t current_processor() noexcept { return static_cast<std::uint32_t>(sched_getcpu()); }

}  // namespace refwave::hal
