// A driver whose wodMessage has its C++ name, so that it is not found.
#include "driver/abi/windows_headers.h"

extern "C" LRESULT CALLBACK DriverProc(DWORD_PTR, HDRVR, UINT, LPARAM, LPARAM) { return 1; }

DWORD APIENTRY wodMessage(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR) { return 0; }
