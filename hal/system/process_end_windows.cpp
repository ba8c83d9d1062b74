#include "hal/system/process_end.h"

#include <windows.h>

#include <atomic>

namespace refwave::hal {
namespace {

using Ask = BOOLEAN(WINAPI*)();
constinit std::atomic<Ask> ask_system{nullptr};

/// Returns: the function by which the system itself tells, whichever module it detaches first; null if it has
/// none. Any thread may find it first, and all find the same.
Ask question() noexcept {
  if (const Ask found = ask_system.load()) return found;
  const auto found = reinterpret_cast<Ask>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlDllShutdownInProgress")));
  ask_system = found;
  return found;
}

}  // namespace

// Here, because the search takes a lock of the system's.
void watch_for_process_end() noexcept { question(); }

void note_disable() noexcept {}

bool is_process_ending() noexcept {
  const Ask ask = question();
  return ask != nullptr && ask() != FALSE;
}

bool are_other_threads_killed() noexcept { return is_process_ending(); }

}  // namespace refwave::hal
