// DefDriverProc and GetProcAddress, after their pages of the Windows documentation.
#include "driver/abi/windows_headers.h"
#include "inf/host/installable/installable_driver.h"

using namespace refwave::host;

FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name) {
  const auto library = driver_library(module);
  return library == nullptr || name == nullptr ? nullptr : reinterpret_cast<FARPROC>(library->find(name));
}

LRESULT WINAPI DefDriverProc(DWORD_PTR, HDRVR, UINT uMsg, LPARAM, LPARAM) {
  switch (uMsg) {
    case DRV_LOAD:
    case DRV_FREE:
    case DRV_ENABLE:
    case DRV_DISABLE:
    case DRV_INSTALL:  // 1 is DRVCNF_OK here
    case DRV_REMOVE:
      return 1;
    default:
      return 0;
  }
}
