#include <pthread.h>

#include "driver/cli/realtime_thread.h"

namespace refwave::cli {

void become_realtime() {
  constexpr sched_param kAsTheDriver{.sched_priority = 20};
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &kAsTheDriver);
}

}  // namespace refwave::cli
