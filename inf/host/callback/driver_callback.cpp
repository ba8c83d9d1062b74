// DriverCallback, as the page of the Windows documentation describes it. A function under DCB_NOSWITCH costs
// a call; events and queues take one short lock.
#include "driver/abi/windows_headers.h"
#include "inf/host/callback/callback_stack.h"

namespace refwave::host {
namespace {

struct ClientCall {
  LPDRVCALLBACK function;
  HDRVR device;
  UINT message;
  DWORD_PTR user;
  DWORD_PTR parameter1;
  DWORD_PTR parameter2;
};

void make(void* call_address) {
  const auto& call = *static_cast<ClientCall*>(call_address);
  call.function(call.device, call.message, call.user, call.parameter1, call.parameter2);
}

}  // namespace
}  // namespace refwave::host

BOOL APIENTRY DriverCallback(DWORD_PTR dwCallback, DWORD dwFlags, HDRVR hDevice, DWORD dwMsg,
                             DWORD_PTR dwUser, DWORD_PTR dwParam1, DWORD_PTR dwParam2) {
  if (dwCallback == 0) return FALSE;
  const auto device = reinterpret_cast<WPARAM>(hDevice);
  const auto parameter = static_cast<LPARAM>(dwParam1);
  switch (dwFlags & DCB_TYPEMASK) {
    case DCB_FUNCTION: {
      const auto function = reinterpret_cast<LPDRVCALLBACK>(dwCallback);
      if ((dwFlags & DCB_NOSWITCH) != 0) {
        function(hDevice, dwMsg, dwUser, dwParam1, dwParam2);
      } else {
        refwave::host::ClientCall call{function, hDevice, dwMsg, dwUser, dwParam1, dwParam2};
        refwave::host::call_on_callback_stack(refwave::host::make, &call);
      }
      return TRUE;
    }
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
