#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>

#include "bench/latency/realtime_thread.h"

namespace refwave::latency {

void become_realtime() {
  DWORD task = 0;
  if (AvSetMmThreadCharacteristicsW(L"Pro Audio", &task) == nullptr)
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
}

}  // namespace refwave::latency
