// OpenDriver, CloseDriver, SendDriverMessage and GetDriverModuleHandle, after their pages of the Windows
// documentation.
#include <new>
#include <utility>

#include "driver/abi/windows_headers.h"
#include "inf/host/installable/installable_driver.h"
#include "inf/host/text.h"

using namespace refwave::host;

HDRVR WINAPI OpenDriver(LPCWSTR szDriverName, LPCWSTR szSectionName, LPARAM lParam2) {
  set_last_error({});
  if (szDriverName == nullptr) return nullptr;
  try {
    const std::string name = to_utf8(szDriverName);
    const DriverLocation location =
        szSectionName == nullptr ? find_driver(name) : find_registered_driver(to_utf8(szSectionName), name);
    OpenedDriver opened = open_driver(location, lParam2);
    set_last_error(std::move(opened.error));
    return opened.handle;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

LRESULT WINAPI CloseDriver(HDRVR hDriver, LPARAM lParam1, LPARAM lParam2) {
  return close_driver(hDriver, lParam1, lParam2) ? TRUE : FALSE;
}

LRESULT WINAPI SendDriverMessage(HDRVR hDriver, UINT message, LPARAM lParam1, LPARAM lParam2) {
  return send_to_driver(hDriver, message, lParam1, lParam2);
}

HMODULE WINAPI GetDriverModuleHandle(HDRVR hDriver) {
  const auto library = driver_library(hDriver);
  return library == nullptr ? nullptr : library->module_handle();
}
