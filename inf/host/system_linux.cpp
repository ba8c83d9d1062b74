#include "inf/host/system.h"

#include <dlfcn.h>

#include <cstdlib>

namespace refwave::host {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  // A setuid program ignores its user's environment.
  const char* value = secure_getenv(name);
  return value == nullptr ? std::string() : value;
}

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

fs::path library_folder() {
  static const char here = 0;
  Dl_info info{};
  if (dladdr(&here, &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code ignored;
  return fs::absolute(info.dli_fname, ignored).parent_path();
}

std::string system_ini() {
  if (auto path = environment("REFWAVE_SYSTEM_INI"); !path.empty()) return path;
  std::error_code ignored;
  return fs::exists(system_ini_of_user(), ignored) ? system_ini_of_user() : std::string();
}

std::string system_ini_of_user() {
  if (auto path = environment("XDG_CONFIG_HOME"); !path.empty()) return path + "/refwave/system.ini";
  return environment("HOME") + "/.config/refwave/system.ini";
}

std::string to_narrow(WideView text) { return to_utf8(text); }

}  // namespace refwave::host
