// REFWAVE_CONFIG (empty: nowhere), else the XDG Base Directory Specification's folder. A setuid program takes
// nothing from the environment: secure_getenv().
#include <cstdlib>

#include "driver/configuration/configuration_keys.h"

namespace refwave::configuration {

ConfigurationFile configuration_file() {
  if (const char* named = secure_getenv("REFWAVE_CONFIG")) return {named, true};
  const char* folder = secure_getenv("XDG_CONFIG_HOME");
  // The specification ignores a relative path.
  if (folder != nullptr && folder[0] == '/') return {std::string(folder) + "/refwave/refwave.toml", false};
  const char* home = secure_getenv("HOME");
  if (home == nullptr || home[0] == '\0') return {};
  return {std::string(home) + "/.config/refwave/refwave.toml", false};
}

/// A setuid program reads no file of its user's.
bool may_name_files() { return true; }

std::optional<std::string> log_from_environment() {
  const char* named = secure_getenv("REFWAVE_LOG");
  return named != nullptr ? std::optional<std::string>(named) : std::nullopt;
}

}  // namespace refwave::configuration
