#include "bench/conform/client/platform.h"
#include "inf/cli/console/text.h"

#include <tlhelp32.h>

#include <cwchar>
#include <filesystem>

namespace refwave::conform {
namespace {

/// Returns: where the thread began. Windows documentation: "NtQueryInformationThread".
void* start_of(HANDLE thread) {
  using Query = LONG(WINAPI*)(HANDLE, int, void*, ULONG, ULONG*);
  constexpr int kThreadQuerySetWin32StartAddress = 9;
  static const auto query = reinterpret_cast<Query>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQueryInformationThread")));
  void* start = nullptr;
  query(thread, kThreadQuerySetWin32StartAddress, &start, sizeof(start), nullptr);
  return start;
}

/// Returns: the file that `address` is of; empty if it is of none, as after an unloading.
std::filesystem::path module_of(void* address) {
  HMODULE module = nullptr;
  constexpr DWORD kNoReference =
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  if (GetModuleHandleExW(kNoReference, static_cast<LPCWSTR>(address), &module) == FALSE) return {};
  wchar_t path[MAX_PATH];
  return std::wstring(path, GetModuleFileNameW(module, path, MAX_PATH));
}

/// Returns: whether the thread began in a DLL of Windows, which keeps workers of its own for a sound device
/// (WASAPI, COM, thread pools). A thread of any caller begins in the C library.
bool is_of_the_system(HANDLE thread, const std::string& driver) {
  const std::filesystem::path module = module_of(start_of(thread));
  std::error_code none;
  if (module.empty() || std::filesystem::equivalent(module, cli::to_path(driver), none)) return false;
  const std::wstring name = module.filename().wstring();
  if (_wcsicmp(name.c_str(), L"msvcrt.dll") == 0 || _wcsicmp(name.c_str(), L"ucrtbase.dll") == 0)
    return false;
  wchar_t system[MAX_PATH];
  return std::filesystem::equivalent(module.parent_path(),
                                     std::wstring(system, GetSystemDirectoryW(system, MAX_PATH)), none);
}

/// Returns: whether the thread counts. One that has ended may stay in a snapshot, for as long as it has a
/// handle.
bool counts(DWORD id, const std::string& driver) {
  const HANDLE thread = OpenThread(THREAD_QUERY_INFORMATION | SYNCHRONIZE, FALSE, id);
  if (thread == nullptr) return false;
  const bool runs = WaitForSingleObject(thread, 0) == WAIT_TIMEOUT;
  const bool counted = runs && !is_of_the_system(thread, driver);
  CloseHandle(thread);
  return counted;
}

}  // namespace

Module::Module(const std::string& file)
    : library_(LoadLibraryExW(cli::to_path(file).c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH)) {
  require(library_ != nullptr, "the file does not load");
  require(driver_proc() != nullptr, "no DriverProc is exported");
}

Module::~Module() { FreeLibrary(static_cast<HMODULE>(library_)); }

void* Module::find(const char* name) const {
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library_), name));
}

std::size_t threads_alive(const std::string& driver) {
  const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry{};
  entry.dwSize = sizeof(entry);
  std::size_t threads = 0;
  for (BOOL more = Thread32First(snapshot, &entry); more != FALSE; more = Thread32Next(snapshot, &entry)) {
    if (entry.th32OwnerProcessID == GetCurrentProcessId() && counts(entry.th32ThreadID, driver)) ++threads;
  }
  CloseHandle(snapshot);
  return threads;
}

std::size_t files_open() {
  DWORD handles = 0;
  GetProcessHandleCount(GetCurrentProcess(), &handles);
  return handles;
}

std::size_t page_bytes() {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  return info.dwPageSize;
}

std::byte* map_two_pages(std::uintptr_t wanted) {
  return static_cast<std::byte*>(VirtualAlloc(reinterpret_cast<void*>(wanted), 2 * page_bytes(),
                                              MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
}

void unmap_two_pages(std::byte* pages) { VirtualFree(pages, 0, MEM_RELEASE); }

void forbid_page(std::byte* page) {
  DWORD before = 0;
  VirtualProtect(page, page_bytes(), PAGE_NOACCESS, &before);
}

HWND create_window() {
  return CreateWindowExW(0, L"STATIC", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, GetModuleHandleW(nullptr),
                         nullptr);
}

void destroy_window(HWND window) { DestroyWindow(window); }

/// Windows' queues have a bound that a program cannot set: this one is filled up to it, except for so many.
bool bound_queue(UINT messages) {
  constexpr int kMoreThanAnyBound = 20'000;  // the usual one is half of it
  make_queue();
  int posted = 0;
  while (posted < kMoreThanAnyBound && PostThreadMessageW(GetCurrentThreadId(), WM_NULL, 0, 0) != FALSE)
    ++posted;
  if (posted == kMoreThanAnyBound) return false;
  MSG message{};
  for (UINT i = 0; i < messages; ++i) take_message(message);
  return true;
}

}  // namespace refwave::conform
