// The driver's life as a module. Windows documentation: "DriverProc callback function", the DRV_* messages.
#include <atomic>

#include "driver/control/driver_gate.h"
#include "driver/dialog/dialog.h"
#include "driver/winmm/client_callback.h"
#include "driver/winmm/host.h"
#include "driver/winmm/own_messages.h"
#include "driver/winmm/refwave.h"
#include "hal/system/process.h"
#include "hal/system/wide_text.h"

namespace refwave::winmm {
namespace {

constinit std::atomic<DWORD_PTR> instances_opened{0};

/// Returns: a new instance's identifier, never 0; 0 if the driver is not enabled.
LRESULT open_instance(LPCWSTR parameters) noexcept {
  try {
    const control::DriverReference driver;
    if (!driver) return 0;
    const std::string text = parameters == nullptr ? "" : hal::to_utf8(parameters, hal::IfInvalid::give_up);
    if (!text.empty()) driver->configure(text);
    return static_cast<LRESULT>(instances_opened.fetch_add(1) + 1);
  } catch (...) {
    return 0;
  }
}

}  // namespace
}  // namespace refwave::winmm

extern "C" LRESULT CALLBACK DriverProc(DWORD_PTR dwDriverId, HDRVR hdrvr, UINT msg, LPARAM lParam1,
                                       LPARAM lParam2) {
  using namespace refwave;
  using namespace refwave::winmm;
  switch (msg) {
    case DRV_LOAD:
    case DRV_CLOSE:
      return 1;
    case DRV_ENABLE:
      return control::enable(call_no_client, defaults) ? 1 : 0;
    case DRV_OPEN:
      return open_instance(reinterpret_cast<LPCWSTR>(lParam1));
    case DRV_DISABLE:
      control::disable();
      return 1;
    case DRV_FREE:
      // A host that forgot DRV_DISABLE must not leave threads in unloaded code.
      control::disable();
      if (!hal::are_other_threads_killed()) hal::forget_this_thread();
      return 1;
    case DRV_INSTALL:
    case DRV_REMOVE:
      return DRVCNF_OK;
    case DRV_QUERYCONFIGURE:
      return dialog::has_dialog() ? 1 : 0;
    case DRV_CONFIGURE:
      return dialog::show_dialog(reinterpret_cast<HWND>(lParam1));
    case DRV_POWER:
      // The machine goes to sleep or wakes up; the message does not say which.
      if (const control::DriverReference driver; driver) driver->retry_lost_devices();
      return 1;
    default:
      break;
  }
  if (msg >= REFWAVE_MESSAGE_BASE && msg <= REFWAVE_MESSAGE_LAST) return own_message(msg, lParam1, lParam2);
  return DefDriverProc(dwDriverId, hdrvr, msg, lParam1, lParam2);
}
