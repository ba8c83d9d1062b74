// DriverCallback, as the page of the Windows documentation describes it. A function is called on the caller's
// own stack, as by Win32, with or without DCB_NOSWITCH; events and queues take one short lock.
#include "driver/abi/windows_headers.h"

BOOL APIENTRY DriverCallback(DWORD_PTR dwCallback, DWORD dwFlags, HDRVR hDevice, DWORD dwMsg,
                             DWORD_PTR dwUser, DWORD_PTR dwParam1, DWORD_PTR dwParam2) {
  if (dwCallback == 0) return FALSE;
  const auto device = reinterpret_cast<WPARAM>(hDevice);
  const auto parameter = static_cast<LPARAM>(dwParam1);
  switch (dwFlags & DCB_TYPEMASK) {
    case DCB_FUNCTION:
      reinterpret_cast<LPDRVCALLBACK>(dwCallback)(hDevice, dwMsg, dwUser, dwParam1, dwParam2);
      return TRUE;
    case DCB_WINDOW:
      return PostMessageW(reinterpret_cast<HWND>(dwCallback), dwMsg, device, parameter);
    case DCB_TASK:
      return PostThreadMessageW(static_cast<DWORD>(dwCallback), dwMsg, device, parameter);
    case DCB_EVENT:
      return SetEvent(reinterpret_cast<HANDLE>(dwCallback));
    default:
      return FALSE;
  }
}
