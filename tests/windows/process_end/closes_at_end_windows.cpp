#include <windows.h>

#include "tests/winmm/closes_at_end.h"

namespace refwave::test {
namespace {

void (*close_drivers)() = nullptr;

}  // namespace

[[gnu::dllexport]] void close_at_end(void (*close)()) { close_drivers = close; }

}  // namespace refwave::test

// The last parameter distinguishes the end of the process from an unload.
BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID process_ends) {
  if (reason == DLL_PROCESS_DETACH && process_ends != nullptr && refwave::test::close_drivers != nullptr)
    refwave::test::close_drivers();
  return TRUE;
}
