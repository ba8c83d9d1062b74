// Everything that a driver as it is given away must not be, for the check of the check.
#include <winsock2.h>

extern "C" {
__declspec(dllexport) long DriverProc() { return WSAGetLastError(); }
__declspec(dllexport) long surplus() { return 1; }
}
