#include <pthread.h>

#include "driver/engine/thread_stack.h"

namespace refwave::engine {

std::size_t stack_bytes_of(std::uintptr_t thread) noexcept {
  pthread_attr_t attributes;
  if (thread == 0 || pthread_getattr_np(static_cast<pthread_t>(thread), &attributes) != 0) return 0;
  std::size_t bytes = 0;
  if (pthread_attr_getstacksize(&attributes, &bytes) != 0) bytes = 0;
  pthread_attr_destroy(&attributes);
  return bytes;
}

}  // namespace refwave::engine
