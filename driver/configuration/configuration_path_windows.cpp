// Where refwave.toml is on Windows: REFWAVE_CONFIG (empty: nowhere), else the user's folder for settings that
// roam. Both come from the environment, whose text is UTF-16.
#include <windows.h>

#include <optional>
#include <vector>

#include "driver/configuration/configuration.h"
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

/// Returns: whether this system has users whose programs run with fewer rights than they have themselves.
/// (Wine has not, and calls every program an administrator's.)
bool has_account_control() {
  DWORD enabled = 0;
  DWORD size = sizeof enabled;
  return RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System",
                      L"EnableLUA", RRF_RT_REG_DWORD, nullptr, &enabled, &size) == ERROR_SUCCESS &&
         enabled != 0;
}

/// Returns: whether the process has the rights of an administrator that its user's other programs have not.
/// Windows documentation: "TOKEN_ELEVATION_TYPE enumeration".
bool is_elevated() {
  HANDLE token = nullptr;
  if (!has_account_control()) return false;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) == FALSE) return true;
  TOKEN_ELEVATION_TYPE type = TokenElevationTypeDefault;
  DWORD length = 0;
  const bool known = GetTokenInformation(token, TokenElevationType, &type, sizeof type, &length) != FALSE;
  CloseHandle(token);
  return !known || type == TokenElevationTypeFull;
}

}  // namespace

ConfigurationFile configuration_file() {
  if (const auto named = variable(L"REFWAVE_CONFIG")) return {hal::to_utf8(*named), true};
  const auto folder = variable(L"APPDATA");
  if (!folder || folder->empty()) return {};
  return {hal::to_utf8(*folder + L"\\refwave\\refwave.toml"), false};
}

bool may_name_files() { return !is_elevated(); }

std::optional<std::string> log_from_environment() {
  const auto named = variable(L"REFWAVE_LOG");
  if (!named || is_elevated()) return std::nullopt;
  return hal::to_utf8(*named);
}

}  // namespace refwave::configuration
