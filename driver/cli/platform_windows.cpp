#include <windows.h>
// shellapi.h and winmm_host.h want windows.h first.
#include <shellapi.h>
#include <winmm_host.h>

#include <algorithm>

#include "driver/cli/platform.h"
#include "driver/cli/text.h"

namespace refwave::cli {

namespace fs = std::filesystem;

// The words come from Windows itself: `words` of main are in a code page that cannot spell every file's name.
std::vector<std::string> command_line(int, char**) {
  int count = 0;
  LPWSTR* wide = CommandLineToArgvW(GetCommandLineW(), &count);
  std::vector<std::string> words;
  for (int i = 1; i < count; ++i) words.push_back(path_text(wide[i]));
  LocalFree(wide);
  return words;
}

Console::Console() : page_before_(GetConsoleOutputCP()) { SetConsoleOutputCP(CP_UTF8); }
Console::~Console() { SetConsoleOutputCP(page_before_); }

fs::path command_folder() {
  std::vector<wchar_t> path(32'768);  // the longest that Windows knows
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  return fs::path(path.data(), path.data() + length).parent_path();
}

bool has_terminal() {
  const HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
  DWORD mode = 0;
  return GetConsoleMode(error, &mode) != FALSE &&
         SetConsoleMode(error, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != FALSE;
}

void use_driver(const fs::path& driver_file, const std::string& open_string) {
  winmm_host_register_driver("wave", ("\"" + path_text(driver_file) + "\" " + open_string).c_str());
}

HDRVR open_driver() { return OpenDriver(L"wave", L"Drivers32", 0); }

void use_no_configuration_file() { SetEnvironmentVariableW(L"REFWAVE_CONFIG", L""); }

void unload_drivers() { winmm_host_unload_wave_drivers(); }

std::string load_error() {
  std::string reasons = winmm_host_last_error();
  while (reasons.ends_with('\n')) reasons.pop_back();
  std::ranges::replace(reasons, '\n', ' ');
  return reasons;
}

}  // namespace refwave::cli
