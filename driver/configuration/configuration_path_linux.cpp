// Where refwave.toml is on Linux: REFWAVE_CONFIG (empty: nowhere), else the user's configuration folder as
// the XDG Base Directory Specification has it. A program that runs with more rights than whoever started it
// (setuid) takes nothing from the environment, which is that person's: secure_getenv().
#include <cstdlib>

#include "driver/configuration/configuration.h"

namespace refwave::configuration {

ConfigurationFile configuration_file() {
  if (const char* named = secure_getenv("REFWAVE_CONFIG")) return {named, true};
  const char* folder = secure_getenv("XDG_CONFIG_HOME");
  // The specification: a relative path here is invalid and to be ignored.
  if (folder != nullptr && folder[0] == '/') return {std::string(folder) + "/refwave/refwave.toml", false};
  const char* home = secure_getenv("HOME");
  if (home == nullptr || home[0] == '\0') return {};
  return {std::string(home) + "/.config/refwave/refwave.toml", false};
}

// A program with more rights than whoever started it reads no refwave.toml.
bool may_name_files() { return true; }

std::optional<std::string> log_from_environment() {
  const char* named = secure_getenv("REFWAVE_LOG");
  return named != nullptr ? std::optional<std::string>(named) : std::nullopt;
}

}  // namespace refwave::configuration
