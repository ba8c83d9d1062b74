#include "inf/host/dropin/recorded_use.h"

#include <windows.h>

#include <new>

#include "hal/system/files.h"
#include "hal/system/wide_text.h"
#include "inf/host/system.h"

namespace refwave::host {

void record_use() noexcept {
  HKEY key = nullptr;
  if (hal::is_elevated() || RegOpenKeyExW(HKEY_CURRENT_USER, kRecordedPrograms, 0,
                                          KEY_QUERY_VALUE | KEY_SET_VALUE, &key) != ERROR_SUCCESS)
    return;
  try {
    const std::wstring folder = hal::to_wide(hal::behind_links(path_text(library_folder())));
    FILETIME now{};
    GetSystemTimeAsFileTime(&now);
    if (RegQueryValueExW(key, folder.c_str(), nullptr, nullptr, nullptr, nullptr) == ERROR_SUCCESS)
      RegSetValueExW(key, folder.c_str(), 0, REG_QWORD, reinterpret_cast<const BYTE*>(&now), sizeof now);
  } catch (const std::bad_alloc&) {
    // The program's sound matters more.
  }
  RegCloseKey(key);
}

}  // namespace refwave::host
