#include <pthread.h>

#include "driver/core/thread_id.h"

namespace refwave::core {

std::uintptr_t current_thread_id() noexcept { return static_cast<std::uintptr_t>(pthread_self()); }

}  // namespace refwave::core
