// Where refwave.toml is on Windows: REFWAVE_CONFIG (empty: nowhere), else the user's folder for settings that
// roam. Both come from the environment, whose text is UTF-16.
#include <windows.h>

#include <optional>
#include <vector>

#include "driver/stream/configuration.h"

namespace refwave::stream {
namespace {

/// Returns: the variable; nothing if it is not set.
std::optional<std::wstring> variable(const wchar_t* name) {
  SetLastError(ERROR_SUCCESS);
  std::vector<wchar_t> text(GetEnvironmentVariableW(name, nullptr, 0) + 1);
  const DWORD length = GetEnvironmentVariableW(name, text.data(), static_cast<DWORD>(text.size()));
  if (length >= text.size() || GetLastError() == ERROR_ENVVAR_NOT_FOUND) return std::nullopt;
  return std::wstring(text.data(), length);
}

std::string to_utf8(const std::wstring& text) {
  const int units = static_cast<int>(text.size());
  const int bytes = WideCharToMultiByte(CP_UTF8, 0, text.data(), units, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<std::size_t>(bytes), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), units, utf8.data(), bytes, nullptr, nullptr);
  return utf8;
}

}  // namespace

ConfigurationFile configuration_file() {
  if (const auto named = variable(L"REFWAVE_CONFIG")) return {to_utf8(*named), true};
  const auto folder = variable(L"APPDATA");
  if (!folder || folder->empty()) return {};
  return {to_utf8(*folder + L"\\refwave\\refwave.toml"), false};
}

}  // namespace refwave::stream
