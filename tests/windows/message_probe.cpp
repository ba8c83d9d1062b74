// A driver that notes the messages it gets and hands them on to refwave.drv: what stands between Windows'
// winmm and the driver under test when the order of messages is looked at.
#include <utility>

#include "tests/windows/message_probe.h"

#include "driver/abi/windows_headers.h"

namespace {

refwave::test::Notes notes;
HMODULE refwave_module = nullptr;

DRIVERPROC refwave_driver_proc() {
  if (refwave_module == nullptr) {
    wchar_t path[MAX_PATH];
    GetEnvironmentVariableW(refwave::test::kProbedDriver, path, MAX_PATH);
    refwave_module = LoadLibraryW(path);
  }
  return reinterpret_cast<DRIVERPROC>(reinterpret_cast<void*>(GetProcAddress(refwave_module, "DriverProc")));
}

}  // namespace

extern "C" {

refwave::test::Notes* probe_notes() { return &notes; }

LRESULT CALLBACK DriverProc(DWORD_PTR id, HDRVR driver, UINT message, LPARAM first, LPARAM second) {
  const LRESULT answer = refwave_driver_proc()(id, driver, message, first, second);
  if (notes.count < refwave::test::kMostNotes) notes.all[notes.count++] = {message, id, second, answer};
  if (message == DRV_FREE) FreeLibrary(std::exchange(refwave_module, nullptr));
  return answer;
}

}  // extern "C"
