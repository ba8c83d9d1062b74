// Installable drivers as on Windows: loaded with the first open, unloaded with the last close, by a fixed
// order of messages. Any thread, drivers and callbacks included: no lock is held while a driver is called.
//
//   first open    DRV_LOAD, DRV_ENABLE, [a session's DRV_OPEN, if the opener's lParam2 is not 0], DRV_OPEN
//   every other   DRV_OPEN
//   a close       DRV_CLOSE
//   the last one  DRV_CLOSE, [the session's DRV_CLOSE], DRV_DISABLE, DRV_FREE
#pragma once

#include <memory>
#include <string>

#include "driver/abi/windows_headers.h"
#include "inf/host/installable/driver_library.h"
#include "inf/host/installable/driver_table.h"

namespace refwave::host {

struct OpenedDriver {
  HDRVR handle = nullptr;  // null on failure
  std::shared_ptr<DriverLibrary> library;
  std::string error;  // on failure, one line a reason
};

/// Effects: opens an instance, and loads the driver if needed.
OpenedDriver open_driver(const DriverLocation& location, LPARAM lparam2);

/// Returns: false without such an instance, or for the host's session.
bool close_driver(HDRVR handle, LPARAM lparam1, LPARAM lparam2);

/// Returns: the driver's answer; 0 without such an instance.
LRESULT send_to_driver(HDRVR handle, UINT message, LPARAM lparam1, LPARAM lparam2);

/// Returns: null without such an instance or module.
std::shared_ptr<DriverLibrary> driver_library(HDRVR handle);
std::shared_ptr<DriverLibrary> driver_library(HMODULE module);

}  // namespace refwave::host
