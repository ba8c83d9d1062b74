// The folders of `install --program`, in the user's registry.
#include <windows.h>

#include <cstring>
#include <string>

#include "hal/system/files.h"
#include "hal/system/wide_text.h"
#include "inf/cli/console/text.h"
#include "inf/host/dropin/recorded_use.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/machine/machine.h"

namespace refwave::install {
namespace {

std::wstring value_name(const std::filesystem::path& folder) {
  return hal::to_wide(hal::behind_links(cli::path_text(folder)));
}

/// Returns: "2026-11-30 14:05 UTC"; empty for 0.
std::string time_text(const FILETIME& time) {
  SYSTEMTIME t{};
  if ((time.dwLowDateTime | time.dwHighDateTime) == 0 || FileTimeToSystemTime(&time, &t) == FALSE) return {};
  return cli::formatted("%04u-%02u-%02u %02u:%02u UTC", t.wYear, t.wMonth, t.wDay, t.wHour, t.wMinute);
}

}  // namespace

std::vector<RecordedProgram> recorded_programs() {
  std::vector<RecordedProgram> found;
  HKEY key = nullptr;
  if (RegOpenKeyExW(HKEY_CURRENT_USER, host::kRecordedPrograms, 0, KEY_QUERY_VALUE, &key) != ERROR_SUCCESS)
    return found;
  std::wstring name(16'384, L'\0');  // the longest
  for (DWORD i = 0;; ++i) {
    DWORD length = static_cast<DWORD>(name.size());
    FILETIME time{};
    DWORD size = sizeof time;
    const LSTATUS status =
        RegEnumValueW(key, i, name.data(), &length, nullptr, nullptr, reinterpret_cast<BYTE*>(&time), &size);
    if (status == ERROR_SUCCESS && size == sizeof time)
      found.push_back({without_prefix(name.substr(0, length)), time_text(time)});
    else if (status != ERROR_SUCCESS && status != ERROR_MORE_DATA)
      break;
  }
  RegCloseKey(key);
  return found;
}

void record_program(const std::filesystem::path& folder) {
  const std::wstring name = value_name(folder);
  HKEY key = nullptr;
  if (RegCreateKeyExW(HKEY_CURRENT_USER, host::kRecordedPrograms, 0, nullptr, 0,
                      KEY_QUERY_VALUE | KEY_SET_VALUE, nullptr, &key, nullptr) != ERROR_SUCCESS)
    return;
  const FILETIME never{};
  if (RegQueryValueExW(key, name.c_str(), nullptr, nullptr, nullptr, nullptr) != ERROR_SUCCESS)
    RegSetValueExW(key, name.c_str(), 0, REG_QWORD, reinterpret_cast<const BYTE*>(&never), sizeof never);
  RegCloseKey(key);
}

void forget_program(const std::filesystem::path& folder) {
  HKEY key = nullptr;
  if (RegOpenKeyExW(HKEY_CURRENT_USER, host::kRecordedPrograms, 0, KEY_QUERY_VALUE | KEY_SET_VALUE, &key) !=
      ERROR_SUCCESS)
    return;
  // A folder that is gone has no other name.
  for (const std::wstring& name : {value_name(folder), L"\\\\?\\" + folder.wstring(), folder.wstring()})
    RegDeleteValueW(key, name.c_str());
  DWORD values = 0;
  RegQueryInfoKeyW(key, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, &values, nullptr, nullptr,
                   nullptr, nullptr);
  RegCloseKey(key);
  if (values == 0) RegDeleteKeyW(HKEY_CURRENT_USER, host::kRecordedPrograms);
}

}  // namespace refwave::install
