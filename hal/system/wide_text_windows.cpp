// Windows documentation: "FormatMessageW", "TOKEN_ELEVATION structure", "CheckTokenMembership function".
#include <windows.h>

#include <iterator>
#include <vector>

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

/// Returns: what this process' token answers; nothing where this Windows does not know the question.
template <class Answer>
std::optional<Answer> ask_token(TOKEN_INFORMATION_CLASS question) {
  HANDLE token = nullptr;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) == FALSE) return std::nullopt;
  Answer answer{};
  DWORD length = 0;
  const bool known = GetTokenInformation(token, question, &answer, sizeof answer, &length) != FALSE;
  CloseHandle(token);
  return known ? std::optional(answer) : std::nullopt;
}

bool is_member_of_administrators() {
  alignas(SID) BYTE administrators[SECURITY_MAX_SID_SIZE];
  DWORD bytes = sizeof administrators;
  BOOL is_member = FALSE;
  return CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, administrators, &bytes) != FALSE &&
         CheckTokenMembership(nullptr, administrators, &is_member) != FALSE && is_member != FALSE;
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

bool has_administrator_rights() {
  const auto elevation = ask_token<TOKEN_ELEVATION>(TokenElevation);
  return elevation ? elevation->TokenIsElevated != 0 : is_member_of_administrators();
}

bool is_elevated() {
  if (!has_account_control()) return false;
  const auto type = ask_token<TOKEN_ELEVATION_TYPE>(TokenElevationType);
  return !type || *type == TokenElevationTypeFull;
}

std::optional<std::wstring> environment_variable(const wchar_t* name) {
  std::vector<wchar_t> text(256);
  for (;;) {
    SetLastError(ERROR_SUCCESS);
    const DWORD length = GetEnvironmentVariableW(name, text.data(), static_cast<DWORD>(text.size()));
    if (length == 0 && GetLastError() == ERROR_ENVVAR_NOT_FOUND) return std::nullopt;
    if (length < text.size()) return std::wstring(text.data(), length);
    text.resize(length);
  }
}

}  // namespace refwave::hal
