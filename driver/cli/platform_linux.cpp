#include <unistd.h>

#include <windows.h>
// winmm_host.h wants windows.h first.
#include <winmm_host.h>

#include <algorithm>
#include <cstdlib>

#include "driver/cli/platform.h"

namespace refwave::cli {

std::filesystem::path command_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

bool has_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void use_driver(const std::filesystem::path& driver_file, const std::string& open_string) {
  winmm_host_register_driver("wave", ("\"" + driver_file.string() + "\" " + open_string).c_str());
}

void use_no_configuration_file() { ::setenv("REFWAVE_CONFIG", "", 1); }

void unload_drivers() { winmm_host_unload_wave_drivers(); }

std::string load_error() {
  std::string reasons = winmm_host_last_error();
  while (reasons.ends_with('\n')) reasons.pop_back();
  std::ranges::replace(reasons, '\n', ' ');
  return reasons;
}

}  // namespace refwave::cli
