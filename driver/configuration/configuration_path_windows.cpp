// REFWAVE_CONFIG (empty: nowhere), else the user's roaming folder.
#include <optional>

#include "driver/configuration/configuration_keys.h"
#include "hal/system/wide_text.h"

namespace refwave::configuration {

ConfigurationFile configuration_file() {
  const auto named = hal::environment_variable(L"REFWAVE_CONFIG");
  if (named && named->empty()) return {};
  // The user's other programs may have set the environment of an elevated process.
  if (named && !hal::is_elevated()) return {hal::to_utf8(*named), true};
  const auto folder = hal::environment_variable(L"APPDATA");
  if (!folder || folder->empty()) return {};
  return {hal::to_utf8(*folder + L"\\refwave\\refwave.toml"), false};
}

bool may_name_files() { return !hal::is_elevated(); }

std::optional<std::string> log_from_environment() {
  const auto named = hal::environment_variable(L"REFWAVE_LOG");
  if (!named || hal::is_elevated()) return std::nullopt;
  return hal::to_utf8(*named);
}

}  // namespace refwave::configuration
