// First what the process's own limits allow, then rtkit.
#include "hal/priority/priority.h"

#include "hal/priority/rtkit_linux.h"
#include "hal/system/realtime.h"

namespace refwave::hal {

std::string prioritise(std::int32_t thread, AudioPriority wish) {
  if (wish == AudioPriority::ordinary) return "ordinary priority, as configured";
  if (const int priority = take_fifo(thread)) return "SCHED_FIFO, priority " + std::to_string(priority);
  return ask_rtkit(thread, wish);
}

}  // namespace refwave::hal
