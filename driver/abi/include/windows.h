#pragma GCC system_header
// The part of <windows.h> that a wave driver and its clients need, for systems without one, in C and C++.
// Every type has Windows' width. Of kernel32 and user32 it has events, a thread's message queue and Sleep.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <winmm_language.h>

// With UNICODE short names mean the functions of UTF-16 (…W), else the narrow ones (…A), here UTF-8.
#ifdef UNICODE
#define WINMM_NAME(name) name##W
#define TEXT(literal) u##literal
#else
#define WINMM_NAME(name) name##A
#define TEXT(literal) literal
#endif

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
#if defined __cplusplus && __cplusplus < 201103L
typedef __CHAR16_TYPE__ WCHAR;
#else
typedef char16_t WCHAR;
#endif
typedef short SHORT;
typedef unsigned short USHORT;
typedef uint16_t WORD;
typedef int INT;
typedef unsigned int UINT;
typedef int32_t LONG;
typedef uint32_t ULONG;
typedef uint32_t DWORD;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
typedef unsigned long long DWORDLONG;
typedef float FLOAT;

typedef intptr_t INT_PTR;
typedef uintptr_t UINT_PTR;
typedef intptr_t LONG_PTR;
typedef uintptr_t ULONG_PTR;
typedef uintptr_t DWORD_PTR;
typedef size_t SIZE_T;

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
  typedef struct name##__* name

typedef void* HANDLE;
DECLARE_HANDLE(HINSTANCE);
typedef HINSTANCE HMODULE;
DECLARE_HANDLE(HWND);
DECLARE_HANDLE(HTASK);

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

#define LOWORD(value) WINMM_CAST(WORD, WINMM_CAST(DWORD_PTR, value) & 0xFFFF)
#define HIWORD(value) WINMM_CAST(WORD, (WINMM_CAST(DWORD_PTR, value) >> 16) & 0xFFFF)
#define MAKELONG(low, high) \
  WINMM_CAST(LONG, WINMM_CAST(DWORD, WINMM_CAST(WORD, low)) | WINMM_CAST(DWORD, WINMM_CAST(WORD, high)) << 16)

typedef struct tagGUID {
  DWORD Data1;
  WORD Data2;
  WORD Data3;
  BYTE Data4[8];
} GUID;
typedef WINMM_REFERENCE(GUID) REFGUID;

#ifdef __cplusplus
inline BOOL IsEqualGUID(REFGUID left, REFGUID right) { return memcmp(&left, &right, sizeof(GUID)) == 0; }
inline bool operator==(REFGUID left, REFGUID right) { return IsEqualGUID(left, right) != FALSE; }
#else
static __inline BOOL IsEqualGUID(REFGUID left, REFGUID right) {
  return memcmp(left, right, sizeof(GUID)) == 0;
}
#endif

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
typedef INT_PTR(WINAPI* FARPROC)(void);

WINMM_BEGIN_FUNCTIONS

DWORD WINAPI GetCurrentThreadId(void);

/// `module`: as GetDriverModuleHandle named it. Returns: NULL if it exports no such function.
FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name);

VOID WINAPI Sleep(DWORD milliseconds);

DWORD WINAPI GetTickCount(void);

// Events: the subset that CALLBACK_EVENT needs. Names and security attributes are ignored.
HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state,
                           LPCSTR name);
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state,
                           LPCWSTR name);
BOOL WINAPI SetEvent(HANDLE event);
BOOL WINAPI ResetEvent(HANDLE event);
DWORD WINAPI WaitForSingleObject(HANDLE event, DWORD timeout_ms);
BOOL WINAPI CloseHandle(HANDLE event);

// A thread's message queue. As on Windows, it exists from the thread's first PeekMessage, GetMessage or
// window on; before that messages are refused. winmm_host.h makes windows and bounds queues.
BOOL WINAPI GetMessageA(LPMSG message, HWND window, UINT first, UINT last);
BOOL WINAPI GetMessageW(LPMSG message, HWND window, UINT first, UINT last);
BOOL WINAPI PeekMessageA(LPMSG message, HWND window, UINT first, UINT last, UINT remove);
BOOL WINAPI PeekMessageW(LPMSG message, HWND window, UINT first, UINT last, UINT remove);
BOOL WINAPI PostMessageA(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI PostMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI PostThreadMessageA(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI PostThreadMessageW(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI IsWindow(HWND window);

WINMM_END_FUNCTIONS

#define CreateEvent WINMM_NAME(CreateEvent)
#define GetMessage WINMM_NAME(GetMessage)
#define PeekMessage WINMM_NAME(PeekMessage)
#define PostMessage WINMM_NAME(PostMessage)
#define PostThreadMessage WINMM_NAME(PostThreadMessage)
