// REFWAVE_CONFIG (empty: nowhere), else the XDG Base Directory Specification's folder; secure_getenv().
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
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

std::string program_folder() {
  const char* named = secure_getenv("REFWAVE_CONFIG");
  if (named != nullptr && named[0] == '\0') return {};
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  const std::string program(path.data(), static_cast<std::size_t>(length > 0 ? length : 0));
  return program.substr(0, program.find_last_of('/') + 1);
}

/// A user's program reads a file of the user or of root, a setuid program what only root may write.
ConfigurationFile program_configuration_file(const std::string& folder) {
  ConfigurationFile file{folder + "refwave.toml"};
  const bool is_setuid = getauxval(AT_SECURE) != 0;
  const auto may_others_write = [&](const std::string& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) return false;
    const bool is_own = found.st_uid == 0 || (!is_setuid && found.st_uid == geteuid());
    return !is_own || (found.st_mode & (is_setuid ? S_IWGRP | S_IWOTH : S_IWOTH)) != 0;
  };
  if (may_others_write(file.path) || (is_setuid && may_others_write(folder)))
    file.refused = ": not read, because other users may write it";
  return file;
}

/// A setuid program reads no file of its user's.
bool may_name_files() { return true; }

std::optional<std::string> log_from_environment() {
  const char* named = secure_getenv("REFWAVE_LOG");
  return named != nullptr ? std::optional<std::string>(named) : std::nullopt;
}

}  // namespace refwave::configuration
