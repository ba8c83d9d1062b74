#include "driver/cli/console/interruption.h"

#include <windows.h>

#include <atomic>

namespace refwave::cli {
namespace {

std::atomic<bool> interrupted{false};

/// Runs on a thread that Windows starts for it.
BOOL WINAPI on_control(DWORD event) {
  const bool again = interrupted.exchange(true);
  if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT) return again ? FALSE : TRUE;
  // The window is closed, the user logs off: Windows ends the process as soon as this returns, and after some
  // seconds in any case.
  Sleep(INFINITE);
  return TRUE;
}

}  // namespace

void watch_for_interruption() { SetConsoleCtrlHandler(on_control, TRUE); }

bool is_interrupted() { return interrupted; }

void end_when_interrupted(int) {}

void end_input() {}

}  // namespace refwave::cli
