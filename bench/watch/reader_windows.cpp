// Windows documentation: "Taking a snapshot and viewing processes".
#include <windows.h>
// tlhelp32.h wants windows.h first.
#include <tlhelp32.h>

#include <algorithm>

#include "bench/watch/reader.h"
#include "driver/watch/place.h"

namespace refwave::watching {

std::string why_no_record() { return {}; }

std::vector<Process> processes() {
  std::vector<Process> found;
  const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  if (snapshot == INVALID_HANDLE_VALUE) return found;
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = Process32FirstW(snapshot, &entry); more != FALSE;
       more = Process32NextW(snapshot, &entry)) {
    const std::wstring name = watch::kSectionName + std::to_wstring(entry.th32ProcessID);
    const HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, name.c_str());
    if (section == nullptr) continue;
    const void* const view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    CloseHandle(section);  // the view keeps it
    if (view == nullptr) continue;
    // If another program has made it, memory may be missing, which is an error for the system's own copy.
    const auto read = [&](std::size_t at, std::span<std::byte> bytes) {
      SIZE_T count = 0;
      const auto* const from = static_cast<const std::byte*>(view) + at;
      const BOOL done = ReadProcessMemory(GetCurrentProcess(), from, bytes.data(), bytes.size(), &count);
      return done != FALSE ? count : std::size_t{0};
    };
    found.push_back(read_record(entry.th32ProcessID, read));
    UnmapViewOfFile(view);
  }
  CloseHandle(snapshot);
  std::ranges::sort(found, {}, &Process::number);
  return found;
}

}  // namespace refwave::watching
