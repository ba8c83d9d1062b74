// Windows documentation: "Taking a snapshot and viewing processes", "GetThreadTimes function".
#include <windows.h>
// tlhelp32.h wants windows.h first.
#include <tlhelp32.h>

#include <algorithm>
#include <memory>

#include "bench/watch/reader.h"
#include "driver/watch/place.h"

namespace refwave::watching {
namespace {

/// A handle, or a view, that the system takes back by `Release`.
template <auto Release>
struct Released {
  void operator()(void* held) const { Release(held); }
};
template <auto Release>
using Held = std::unique_ptr<void, Released<Release>>;

/// Effects: calls `use(entry)` for each entry of that kind that the system has now.
template <class Entry, class Use>
void each(DWORD kind, BOOL(WINAPI* first)(HANDLE, Entry*), BOOL(WINAPI* next)(HANDLE, Entry*), Use use) {
  const HANDLE snapshot = CreateToolhelp32Snapshot(kind, 0);
  if (snapshot == INVALID_HANDLE_VALUE) return;
  const Held<CloseHandle> closed(snapshot);
  Entry entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = first(snapshot, &entry); more != FALSE; more = next(snapshot, &entry)) use(entry);
}

std::wstring name_of(HANDLE thread) {
  using Ask = HRESULT(WINAPI*)(HANDLE, PWSTR*);
  // Windows 10 and later.
  static const auto ask = reinterpret_cast<Ask>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "GetThreadDescription")));
  PWSTR text = nullptr;
  if (ask == nullptr || FAILED(ask(thread, &text))) return {};
  const Held<LocalFree> freed(text);
  return text;
}

std::uint64_t ns_of(FILETIME time) {
  return (std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime) * 100;
}

}  // namespace

std::vector<Process> processes(std::string& /*problem*/) {
  std::vector<Process> found;
  each(TH32CS_SNAPPROCESS, Process32FirstW, Process32NextW, [&](const PROCESSENTRY32W& entry) {
    const std::wstring name = watch::kSectionName + std::to_wstring(entry.th32ProcessID);
    const Held<CloseHandle> section(OpenFileMappingW(FILE_MAP_READ, FALSE, name.c_str()));
    if (!section) return;
    const Held<UnmapViewOfFile> view(MapViewOfFile(section.get(), FILE_MAP_READ, 0, 0, 0));
    if (!view) return;
    // If another program has made it, its memory may be missing. Read by the system, that is an error.
    const auto read = [&](std::size_t at, std::span<std::byte> bytes) {
      SIZE_T count = 0;
      const auto* const from = static_cast<const std::byte*>(view.get()) + at;
      const BOOL done = ReadProcessMemory(GetCurrentProcess(), from, bytes.data(), bytes.size(), &count);
      return done != FALSE ? count : std::size_t{0};
    };
    found.push_back(read_record(entry.th32ProcessID, read));
  });
  std::ranges::sort(found, {}, &Process::number);
  return found;
}

std::vector<Thread> threads(const Process& process) {
  std::vector<Thread> all;
  each(TH32CS_SNAPTHREAD, Thread32First, Thread32Next, [&](const THREADENTRY32& entry) {
    if (entry.th32OwnerProcessID != process.number) return;
    const Held<CloseHandle> thread(OpenThread(THREAD_QUERY_INFORMATION, FALSE, entry.th32ThreadID));
    FILETIME begun{}, ended{}, kernel{}, user{};
    if (!thread || GetThreadTimes(thread.get(), &begun, &ended, &kernel, &user) == FALSE) return;
    const std::wstring name = name_of(thread.get());
    Thread::Role role = name == L"refwave-notify" ? Thread::Role::notifier : Thread::Role::other;
    if (std::ranges::count(process.devices, entry.th32ThreadID, &Device::audio_thread) != 0)
      role = Thread::Role::audio;
    if (role == Thread::Role::other && !name.starts_with(L"refwave-")) return;
    all.push_back({.number = entry.th32ThreadID,
                   .role = role,
                   .cpu_ns = ns_of(kernel) + ns_of(user),
                   .priority = "priority " + std::to_string(entry.tpBasePri)});
  });
  return all;
}

}  // namespace refwave::watching
