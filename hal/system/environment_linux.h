// The environment of the process, and the names in a folder. Control threads.
#pragma once

#include <dirent.h>

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
/// where std::filesystem's iterator would end the program (libstdc++ 12).
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

/// Returns: the files and folders whose paths begin so. Throws: std::bad_alloc.
inline std::vector<std::string> paths_that_begin(const std::filesystem::path& beginning) {
  std::vector<std::string> paths;
  const std::string folder = beginning.parent_path().string() + '/';
  const std::string name_begins = beginning.filename().string();
  for (const std::string& name : names_in(folder))
    if (name.starts_with(name_begins)) paths.push_back(folder + name);
  return paths;
}

}  // namespace refwave::hal
