// A driver that is not refwave and has no wave device. It prints, and it crashes or hangs in DRV_LOAD if an
// environment variable asks for it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "driver/abi/windows_headers.h"

extern "C" LRESULT CALLBACK DriverProc(DWORD_PTR, HDRVR, UINT message, LPARAM, LPARAM) {
  std::puts("here I am");
  std::fflush(stdout);
  if (message == DRV_LOAD && std::getenv("STRAY_DRIVER_CRASHES") != nullptr) std::abort();
  while (message == DRV_LOAD && std::getenv("STRAY_DRIVER_HANGS") != nullptr) pause();
  return 1;
}

extern "C" DWORD APIENTRY wodMessage(UINT, UINT message, DWORD_PTR, DWORD_PTR, DWORD_PTR) {
  return message == WODM_GETNUMDEVS ? 0 : MMSYSERR_NOTSUPPORTED;
}
