// Everything that a driver as it is given away must not be, for the checks of the checks.
#include <winsock2.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>

extern "C" {
__declspec(dllexport) long DriverProc() { return WSAGetLastError(); }
__declspec(dllexport) long surplus() {
  LoadLibraryA("anything.dll");
  WinExec("anything.exe", SW_SHOW);
  MessageBoxA(nullptr, "anything", nullptr, MB_OK);
  return static_cast<long>(timeGetTime());
}

// What runs when it is loaded.
BOOL WINAPI DllMain(HINSTANCE, DWORD, LPVOID) { return TRUE; }
}

namespace {
void NTAPI called_for_each_thread(PVOID, DWORD, PVOID) {}
[[gnu::section(".CRT$XLB"), gnu::used]] const PIMAGE_TLS_CALLBACK callback = &called_for_each_thread;
[[gnu::used]] const DWORD constructed = GetTickCount();
}  // namespace
