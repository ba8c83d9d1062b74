// Where refwave.toml is on Linux: REFWAVE_CONFIG (empty: nowhere), else the user's configuration folder as
// the XDG Base Directory Specification has it.
#include <cstdlib>

#include "driver/configuration/configuration.h"

namespace refwave::configuration {

ConfigurationFile configuration_file() {
  if (const char* named = std::getenv("REFWAVE_CONFIG")) return {named, true};
  const char* folder = std::getenv("XDG_CONFIG_HOME");
  // The specification: a relative path here is invalid and to be ignored.
  if (folder != nullptr && folder[0] == '/') return {std::string(folder) + "/refwave/refwave.toml", false};
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] == '\0') return {};
  return {std::string(home) + "/.config/refwave/refwave.toml", false};
}

}  // namespace refwave::configuration
