// Where refwave.toml is on Windows: REFWAVE_CONFIG (empty: nowhere), else the user's folder for settings that
// roam. Both come from the environment, whose text is UTF-16.
#include <windows.h>

#include <optional>
#include <vector>

#include "driver/configuration/configuration_keys.h"
#include "hal/system/wide_text.h"

namespace refwave::configuration {
namespace {

/// Returns: the variable; nothing if it is not set.
std::optional<std::wstring> variable(const wchar_t* name) {
  SetLastError(ERROR_SUCCESS);
  std::vector<wchar_t> text(GetEnvironmentVariableW(name, nullptr, 0) + 1);
  const DWORD length = GetEnvironmentVariableW(name, text.data(), static_cast<DWORD>(text.size()));
  if (length >= text.size() || GetLastError() == ERROR_ENVVAR_NOT_FOUND) return std::nullopt;
  return std::wstring(text.data(), length);
}

}  // namespace

ConfigurationFile configuration_file() {
  const auto named = variable(L"REFWAVE_CONFIG");
  if (named && named->empty()) return {};
  // The environment of an elevated process is as the user's other programs left it.
  if (named && !hal::is_elevated()) return {hal::to_utf8(*named), true};
  const auto folder = variable(L"APPDATA");
  if (!folder || folder->empty()) return {};
  return {hal::to_utf8(*folder + L"\\refwave\\refwave.toml"), false};
}

bool may_name_files() { return !hal::is_elevated(); }

std::optional<std::string> log_from_environment() {
  const auto named = variable(L"REFWAVE_LOG");
  if (!named || hal::is_elevated()) return std::nullopt;
  return hal::to_utf8(*named);
}

}  // namespace refwave::configuration
