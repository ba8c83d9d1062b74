#include <windows.h>
// shellapi.h wants windows.h first.
#include <shellapi.h>

#include <cstdio>

#include "driver/cli/console/platform.h"
#include "hal/system/wide_text.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/machine/machine.h"
#include "inf/install/machine/registry_windows.h"

namespace refwave::install {

bool has_administrator_rights() {
  HANDLE token = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return false;
  TOKEN_ELEVATION elevation = {};
  DWORD size = 0;
  const BOOL known = GetTokenInformation(token, TokenElevation, &elevation, sizeof elevation, &size);
  CloseHandle(token);
  return known && elevation.TokenIsElevated != 0;
}

bool is_interactive() {
  DWORD mode = 0;
  return GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) != 0;
}

std::filesystem::path name_for_administrators(const std::filesystem::path& path) {
  // FILE_FLAG_BACKUP_SEMANTICS opens folders, too.
  const HANDLE file = CreateFileW(path.c_str(), 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
  if (file == INVALID_HANDLE_VALUE) return path;
  std::wstring name(32'768, L'\0');
  const DWORD length = GetFinalPathNameByHandleW(file, name.data(), static_cast<DWORD>(name.size()), 0);
  CloseHandle(file);
  if (length == 0 || length >= name.size()) return path;
  name.resize(length);
  return without_prefix(name);
}

std::optional<int> run_elevated(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = arguments;
  all.insert(all.end(), {"--console", std::to_string(GetCurrentProcessId())});
  const std::wstring line = hal::to_wide(line_of(all));
  const std::wstring path = name_for_administrators(cli::program_file()).wstring();
  SHELLEXECUTEINFOW request = {};
  request.cbSize = sizeof request;
  request.fMask = SEE_MASK_NOCLOSEPROCESS;
  request.lpVerb = L"runas";
  request.lpFile = path.c_str();
  request.lpParameters = line.c_str();
  request.nShow = SW_HIDE;
  if (!ShellExecuteExW(&request)) {
    if (GetLastError() == ERROR_CANCELLED) return std::nullopt;
    throw last_error("asking for administrator's rights");
  }
  DWORD status = 1;
  WaitForSingleObject(request.hProcess, INFINITE);
  GetExitCodeProcess(request.hProcess, &status);
  CloseHandle(request.hProcess);
  return static_cast<int>(status);
}

void print_into_console_of(unsigned long id) {
  FreeConsole();
  if (!AttachConsole(id)) return;
  for (std::FILE* stream : {stdout, stderr}) {
    if (std::freopen("CONOUT$", "w", stream) == nullptr) return;
  }
}

}  // namespace refwave::install
