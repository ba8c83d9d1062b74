// A 64-bit driver that cuts DRV_OPEN's pointer to 32 bits, which is harmless in a program with low memory. It
// crashes if its parameters begin with '!'.
#include "driver/abi/windows_headers.h"

extern "C" LRESULT CALLBACK DriverProc(DWORD_PTR id, HDRVR handle, UINT message, LPARAM first,
                                       LPARAM second) {
  if (message != DRV_OPEN) return message <= DRV_FREE ? 1 : DefDriverProc(id, handle, message, first, second);
  const auto* const parameters =
      reinterpret_cast<const wchar_t*>(static_cast<DWORD_PTR>(static_cast<DWORD>(first)));
  volatile DWORD_PTR eight = 8;
  if (parameters != nullptr && *parameters == L'!') *reinterpret_cast<volatile int*>(eight) = 1;
  return parameters == nullptr || *parameters != L'?' ? 1 : 0;
}

extern "C" DWORD APIENTRY wodMessage(UINT, UINT message, DWORD_PTR, DWORD_PTR, DWORD_PTR) {
  return message == WODM_GETNUMDEVS ? 0 : MMSYSERR_NOTSUPPORTED;
}

extern "C" DWORD APIENTRY widMessage(UINT, UINT message, DWORD_PTR, DWORD_PTR, DWORD_PTR) {
  return message == WIDM_GETNUMDEVS ? 0 : MMSYSERR_NOTSUPPORTED;
}
