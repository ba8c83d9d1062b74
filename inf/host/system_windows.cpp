// Windows' own SYSTEM.INI is not read, because its entries are for Windows' own winmm.
#include "inf/host/system.h"

#include <vector>

#include "hal/system/wide_text.h"

namespace refwave::host {

namespace fs = std::filesystem;

namespace {

fs::path folder_of(HMODULE module) {
  std::vector<wchar_t> path(32'768);  // the longest of Windows, with the closing 0
  const DWORD length = GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size()));
  return fs::path(path.data(), path.data() + length).parent_path();
}

}  // namespace

std::string environment(const char* name) {
  // The variables name drivers to load; an elevated process may have inherited them from programs that are
  // not.
  if (hal::is_elevated()) return {};
  return to_utf8(hal::environment_variable(to_utf16(name).c_str()).value_or(L""));
}

fs::path program_folder() { return folder_of(nullptr); }

fs::path library_folder() {
  static const wchar_t here = 0;
  HMODULE module = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                     &here, &module);
  return folder_of(module);
}

std::string system_ini() { return environment("REFWAVE_SYSTEM_INI"); }

std::string system_ini_of_user() { return {}; }

std::string to_narrow(WideView text) {
  const int length = static_cast<int>(text.size());
  // No code page needs more.
  std::string narrow(4 * text.size(), '\0');
  const int bytes = WideCharToMultiByte(CP_ACP, 0, text.data(), length, narrow.data(),
                                        static_cast<int>(narrow.size()), nullptr, nullptr);
  narrow.resize(static_cast<std::size_t>(bytes));
  return narrow;
}

}  // namespace refwave::host
