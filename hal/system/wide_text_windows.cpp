// Windows documentation: "FormatMessageW function", "TOKEN_ELEVATION_TYPE enumeration".
#include <windows.h>

#include <iterator>

#include "hal/system/wide_text.h"

namespace refwave::hal {
namespace {

/// Returns: whether this system has users whose programs run with fewer rights than they have themselves.
/// (Wine has not, and calls every program an administrator's.)
bool has_account_control() {
  DWORD enabled = 0;
  DWORD size = sizeof enabled;
  return RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System",
                      L"EnableLUA", RRF_RT_REG_DWORD, nullptr, &enabled, &size) == ERROR_SUCCESS &&
         enabled != 0;
}

}  // namespace

std::string words_for(unsigned long error) {
  wchar_t text[512];
  const DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                                      error, 0, text, static_cast<DWORD>(std::size(text)), nullptr);
  std::string words = to_utf8({text, length});
  while (!words.empty() && (words.back() == '\n' || words.back() == '\r' || words.back() == '.'))
    words.pop_back();
  return words.empty() ? "error " + std::to_string(error) : words;
}

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

}  // namespace refwave::hal
