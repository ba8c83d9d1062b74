#include <unistd.h>

#include <windows.h>
// winmm_host.h wants windows.h first.
#include <winmm_host.h>

#include <algorithm>
#include <cstdlib>

#include "driver/cli/platform.h"
#include "driver/cli/text.h"

namespace refwave::cli {

std::vector<std::string> command_line(int count, char** words) { return {words + 1, words + count}; }

Console::Console() : page_before_(0) {}
Console::~Console() = default;

std::filesystem::path command_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

bool has_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void use_driver(const std::filesystem::path& driver_file, const std::string& open_string) {
  winmm_host_register_driver("wave", ("\"" + path_text(driver_file) + "\" " + open_string).c_str());
}

HDRVR open_driver() { return OpenDriver(u"wave", u"Drivers32", 0); }

void use_no_configuration_file() { ::setenv("REFWAVE_CONFIG", "", 1); }

void unload_drivers() { winmm_host_unload_wave_drivers(); }

std::string load_error() {
  std::string reasons = winmm_host_last_error();
  while (reasons.ends_with('\n')) reasons.pop_back();
  std::ranges::replace(reasons, '\n', ' ');
  return reasons;
}

}  // namespace refwave::cli
