// Windows' Sleep, GetTickCount, timeGetTime, timeBeginPeriod and timeEndPeriod.
#include <sched.h>
#include <time.h>

#include <chrono>
#include <thread>

#include "driver/abi/windows_headers.h"

namespace {

/// Returns: milliseconds since the system started, with suspends.
DWORD milliseconds_since_start() {
  timespec now = {};
  clock_gettime(CLOCK_BOOTTIME, &now);
  // Wraps after 49.7 days, as on Windows.
  return static_cast<DWORD>(now.tv_sec * 1'000 + now.tv_nsec / 1'000'000);
}

MMRESULT resolution(UINT milliseconds) { return milliseconds == 0 ? TIMERR_NOCANDO : TIMERR_NOERROR; }

}  // namespace

VOID WINAPI Sleep(DWORD milliseconds) {
  if (milliseconds == 0) sched_yield();
  if (milliseconds == INFINITE) {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

DWORD WINAPI GetTickCount() { return milliseconds_since_start(); }

DWORD WINAPI timeGetTime() { return milliseconds_since_start(); }

MMRESULT WINAPI timeBeginPeriod(UINT milliseconds) { return resolution(milliseconds); }

MMRESULT WINAPI timeEndPeriod(UINT milliseconds) { return resolution(milliseconds); }
