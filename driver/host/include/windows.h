// The part of Windows' own <windows.h> that a wave driver and its clients need, for systems without one.
// Every type has Windows' width (DWORD and LONG 32 bits, WCHAR 16 bits, *_PTR a pointer's), so structures
// keep their byte layout. It also has the part of kernel32 and user32 that client callbacks need: events
// and a thread's message queue.
#pragma once

#include <cstdint>
#include <cstring>

#define CALLBACK
#define WINAPI
#define APIENTRY
#define FAR
#define NEAR
#define CONST const
#define VOID void

#define FALSE 0
#define TRUE 1

#define MAX_PATH 260

typedef int BOOL;
typedef unsigned char BYTE;
typedef char CHAR;
typedef char16_t WCHAR;
typedef short SHORT;
typedef unsigned short USHORT;
typedef std::uint16_t WORD;
typedef int INT;
typedef unsigned int UINT;
typedef std::int32_t LONG;
typedef std::uint32_t ULONG;
typedef std::uint32_t DWORD;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
typedef unsigned long long DWORDLONG;
typedef float FLOAT;

typedef std::intptr_t INT_PTR;
typedef std::uintptr_t UINT_PTR;
typedef std::intptr_t LONG_PTR;
typedef std::uintptr_t ULONG_PTR;
typedef std::uintptr_t DWORD_PTR;
typedef std::size_t SIZE_T;

typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM;
typedef LONG_PTR LRESULT;
typedef LONG HRESULT;

typedef void* PVOID;
typedef void* LPVOID;
typedef const void* LPCVOID;
typedef BOOL* LPBOOL;
typedef BYTE* LPBYTE;
typedef WORD* LPWORD;
typedef LONG* LPLONG;
typedef DWORD* LPDWORD;
typedef UINT* LPUINT;
typedef CHAR* LPSTR;
typedef const CHAR* LPCSTR;
typedef WCHAR* LPWSTR;
typedef const WCHAR* LPCWSTR;

#define DECLARE_HANDLE(name) \
  struct name##__ {          \
    int unused;              \
  };                         \
  typedef name##__* name

typedef void* HANDLE;
DECLARE_HANDLE(HINSTANCE);
typedef HINSTANCE HMODULE;
DECLARE_HANDLE(HWND);
DECLARE_HANDLE(HTASK);

#define INVALID_HANDLE_VALUE (reinterpret_cast<HANDLE>(static_cast<LONG_PTR>(-1)))

#define LOWORD(value) (static_cast<WORD>(static_cast<DWORD_PTR>(value) & 0xFFFF))
#define HIWORD(value) (static_cast<WORD>((static_cast<DWORD_PTR>(value) >> 16) & 0xFFFF))
#define MAKELONG(low, high)                                       \
  (static_cast<LONG>(static_cast<DWORD>(static_cast<WORD>(low)) | \
                     static_cast<DWORD>(static_cast<WORD>(high)) << 16))

typedef struct tagGUID {
  DWORD Data1;
  WORD Data2;
  WORD Data3;
  BYTE Data4[8];
} GUID;
typedef const GUID& REFGUID;

inline BOOL IsEqualGUID(REFGUID left, REFGUID right) { return std::memcmp(&left, &right, sizeof(GUID)) == 0; }
inline bool operator==(REFGUID left, REFGUID right) { return IsEqualGUID(left, right) != FALSE; }

typedef struct tagPOINT {
  LONG x;
  LONG y;
} POINT;

typedef struct tagMSG {
  HWND hwnd;
  UINT message;
  WPARAM wParam;
  LPARAM lParam;
  DWORD time;
  POINT pt;
} MSG, *LPMSG;

#define WM_QUIT 0x0012
#define WM_USER 0x0400
#define WM_APP 0x8000

#define PM_NOREMOVE 0x0000
#define PM_REMOVE 0x0001

#define INFINITE 0xFFFFFFFFu
#define WAIT_OBJECT_0 0x00000000u
#define WAIT_TIMEOUT 0x00000102u
#define WAIT_FAILED 0xFFFFFFFFu

typedef struct tagSECURITY_ATTRIBUTES* LPSECURITY_ATTRIBUTES;
typedef INT_PTR(WINAPI* FARPROC)();

#pragma GCC visibility push(default)
extern "C" {

DWORD WINAPI GetCurrentThreadId();

/// Returns: the address of an exported function of a module that GetDriverModuleHandle named; NULL if it has
/// none.
FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name);

// Events: the subset that CALLBACK_EVENT needs. Names and security attributes are ignored.
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state,
                           LPCWSTR name);
BOOL WINAPI SetEvent(HANDLE event);
BOOL WINAPI ResetEvent(HANDLE event);
DWORD WINAPI WaitForSingleObject(HANDLE event, DWORD timeout_ms);
BOOL WINAPI CloseHandle(HANDLE event);

// A thread's message queue. As on Windows, it exists from the thread's first PeekMessage, GetMessage or
// window on. A message that is posted to a thread without a queue is refused. winmm_host.h makes windows
// and bounds queues.
BOOL WINAPI GetMessageW(LPMSG message, HWND window, UINT first, UINT last);
BOOL WINAPI PeekMessageW(LPMSG message, HWND window, UINT first, UINT last, UINT remove);
BOOL WINAPI PostMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI PostThreadMessageW(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI IsWindow(HWND window);

}  // extern "C"
#pragma GCC visibility pop

#define CreateEvent CreateEventW
#define GetMessage GetMessageW
#define PeekMessage PeekMessageW
#define PostMessage PostMessageW
#define PostThreadMessage PostThreadMessageW
