// How much of something the process has: threads, descriptors.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace refwave::test {

/// Returns: how many entries the folder has. For /proc/self/fd the look itself is one.
inline std::size_t entries_in(const char* folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace refwave::test
