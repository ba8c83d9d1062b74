#include <windows.h>

#include <array>
#include <string_view>

#include "driver/stream/program_name.h"

namespace refwave::stream {

std::string program_name() {
  std::array<wchar_t, 4096> path{};
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  std::wstring_view name(path.data(), length);
  name.remove_prefix(name.find_last_of(L"\\/") + 1);
  std::string utf8(name.size() * 3, '\0');
  const int bytes = WideCharToMultiByte(CP_UTF8, 0, name.data(), static_cast<int>(name.size()), utf8.data(),
                                        static_cast<int>(utf8.size()), nullptr, nullptr);
  utf8.resize(static_cast<std::size_t>(bytes));
  return utf8;
}

}  // namespace refwave::stream
