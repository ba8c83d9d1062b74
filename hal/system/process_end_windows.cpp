#include "hal/system/process_end.h"

#include <windows.h>

#include <atomic>

namespace refwave::hal {
namespace {

using Ask = BOOLEAN(WINAPI*)();
constinit std::atomic<Ask> ask_system{nullptr};

}  // namespace

// The system itself knows, whichever module it detaches first. Found here, because GetProcAddress takes a
// lock.
void watch_for_process_end() noexcept {
  ask_system = reinterpret_cast<Ask>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlDllShutdownInProgress")));
}

void note_disable() noexcept {}

bool is_process_ending() noexcept {
  const Ask ask = ask_system;
  return ask != nullptr && ask() != FALSE;
}

}  // namespace refwave::hal
