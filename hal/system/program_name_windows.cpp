#include <windows.h>

#include <array>
#include <string_view>

#include "hal/system/program_name.h"
#include "hal/system/wide_text.h"

namespace refwave::hal {

std::string program_name() {
  std::array<wchar_t, 4096> path{};
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  std::wstring_view name(path.data(), length);
  name.remove_prefix(name.find_last_of(L"\\/") + 1);
  return to_utf8(name);
}

std::uint32_t process_number() { return GetCurrentProcessId(); }

}  // namespace refwave::hal
