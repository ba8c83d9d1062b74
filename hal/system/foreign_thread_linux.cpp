#include <pthread.h>
#include <sched.h>

#include "hal/system/foreign_thread.h"

namespace refwave::hal {

std::size_t stack_bytes_of(std::uintptr_t thread) noexcept {
  pthread_attr_t attributes;
  if (thread == 0 || pthread_getattr_np(static_cast<pthread_t>(thread), &attributes) != 0) return 0;
  std::size_t bytes = 0;
  if (pthread_attr_getstacksize(&attributes, &bytes) != 0) bytes = 0;
  pthread_attr_destroy(&attributes);
  return bytes;
}

void keep_children_ordinary(std::uintptr_t thread) noexcept {
  int policy = 0;
  sched_param parameters{};
  const auto there = static_cast<pthread_t>(thread);
  if (thread == 0 || pthread_getschedparam(there, &policy, &parameters) != 0) return;
  // Without a real-time policy there is nothing to inherit.
  if (parameters.sched_priority != 0) pthread_setschedparam(there, policy | SCHED_RESET_ON_FORK, &parameters);
}

}  // namespace refwave::hal
