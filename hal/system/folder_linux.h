// The names in a folder. std::filesystem's iterator ends the program where memory is missing, by an exception
// that leaves one of its noexcept functions (libstdc++ 12). Control threads.
#pragma once

#include <dirent.h>

#include <memory>
#include <string>
#include <vector>

namespace refwave::hal {

/// Returns: the names, "." and ".." among them; none if the folder cannot be read. Throws: std::bad_alloc.
inline std::vector<std::string> names_in(const std::string& folder) {
  struct Close {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  std::vector<std::string> names;
  const std::unique_ptr<DIR, Close> open(::opendir(folder.c_str()));
  while (const dirent* const entry = open ? ::readdir(open.get()) : nullptr)
    names.emplace_back(entry->d_name);
  return names;
}

}  // namespace refwave::hal
