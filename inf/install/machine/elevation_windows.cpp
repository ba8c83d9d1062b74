#include "inf/install/machine/elevation.h"

#include <windows.h>
// shellapi.h wants windows.h first.
#include <shellapi.h>

#include <cstdio>

#include "driver/cli/console/platform.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/machine/text_windows.h"

namespace refwave::install {

bool is_elevated() {
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

std::optional<int> run_elevated(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = arguments;
  all.insert(all.end(), {"--console", std::to_string(GetCurrentProcessId())});
  const std::wstring line = wide(line_of(all));
  const std::wstring path = cli::program_file().wstring();
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
