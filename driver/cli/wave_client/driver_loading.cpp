// What is the same on every system: the library that holds the wave functions is asked in one way.
#include "driver/cli/wave_client/driver_loading.h"

#include <winmm_host.h>

#include <algorithm>

#include "driver/cli/console/text.h"

namespace refwave::cli {

void use_driver(const std::filesystem::path& driver_file, const std::string& open_string) {
  winmm_host_register_driver("wave", ("\"" + path_text(driver_file) + "\" " + open_string).c_str());
}

void unload_drivers() { winmm_host_unload_wave_drivers(); }

std::string load_error() {
  std::string reasons = winmm_host_last_error();
  while (reasons.ends_with('\n')) reasons.pop_back();
  std::ranges::replace(reasons, '\n', ' ');
  return reasons;
}

}  // namespace refwave::cli
