#include "driver/cli/console/text.h"
#include "tests/conform/client/platform.h"

#include <tlhelp32.h>

namespace refwave::conform {
namespace {

std::size_t page_bytes() {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  return info.dwPageSize;
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
DRIVERPROC Module::driver_proc() const { return reinterpret_cast<DRIVERPROC>(find("DriverProc")); }
WaveEntry Module::wod() const { return reinterpret_cast<WaveEntry>(find("wodMessage")); }
WaveEntry Module::wid() const { return reinterpret_cast<WaveEntry>(find("widMessage")); }

std::size_t threads_alive() {
  const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry{};
  entry.dwSize = sizeof(entry);
  std::size_t threads = 0;
  for (BOOL more = Thread32First(snapshot, &entry); more != FALSE; more = Thread32Next(snapshot, &entry))
    threads += entry.th32OwnerProcessID == GetCurrentProcessId() ? 1 : 0;
  CloseHandle(snapshot);
  return threads;
}

std::size_t files_open() {
  DWORD handles = 0;
  GetProcessHandleCount(GetCurrentProcess(), &handles);
  return handles;
}

LastBytes::LastBytes(std::size_t bytes) : bytes_(bytes) {
  void* pages = VirtualAlloc(nullptr, 2 * page_bytes(), MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  require(pages != nullptr, "no memory");
  end_ = static_cast<std::byte*>(pages) + page_bytes();
  DWORD before = 0;
  VirtualProtect(end_, page_bytes(), PAGE_NOACCESS, &before);
}

LastBytes::~LastBytes() { VirtualFree(end_ - page_bytes(), 0, MEM_RELEASE); }

HWND create_window() {
  return CreateWindowExW(0, L"STATIC", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, GetModuleHandleW(nullptr),
                         nullptr);
}

void destroy_window(HWND window) { DestroyWindow(window); }

void make_queue() {
  MSG message{};
  PeekMessageW(&message, nullptr, 0, 0, PM_NOREMOVE);
}

/// Windows' queues have a bound that a program cannot set: this one is filled up to it, but for so many.
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

bool take_message(MSG& message) { return PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE) != FALSE; }

}  // namespace refwave::conform
