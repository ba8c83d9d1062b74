// The environment of the process, and the names in a folder. Control threads.
#pragma once

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace refwave::hal {

/// Returns: the variable's value; empty if there is none, or if the program is elevated (setuid): it takes
/// nothing from the environment, which is that of another person.
inline std::string environment_variable(const char* name) {
  const char* const value = secure_getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// Returns: the names, "." and ".." among them; none if the folder cannot be read. Throws: std::bad_alloc,
/// where std::filesystem's iterator ends the program, by an exception that leaves one of its noexcept
/// functions (libstdc++ 12).
inline std::vector<std::string> names_in(const std::string& folder) {
  struct Close {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  std::vector<std::string> names;
  const std::unique_ptr<DIR, Close> open(::opendir(folder.c_str()));
  if (!open && errno == ENOMEM) throw std::bad_alloc();
  while (const dirent* const entry = open ? ::readdir(open.get()) : nullptr)
    names.emplace_back(entry->d_name);
  return names;
}

/// Returns: whether there is a file or a folder whose path begins so.
inline bool has_path_that_begins(const std::filesystem::path& beginning) {
  return std::ranges::any_of(names_in(beginning.parent_path()), [&](const std::string& name) {
    return name.starts_with(beginning.filename().native());
  });
}

}  // namespace refwave::hal
