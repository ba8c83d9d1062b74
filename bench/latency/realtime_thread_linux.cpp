#include <pthread.h>

#include "bench/latency/realtime_thread.h"

namespace refwave::latency {

void become_realtime() {
  constexpr sched_param kAsTheDriver{.sched_priority = 20};
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &kAsTheDriver);
}

}  // namespace refwave::latency
