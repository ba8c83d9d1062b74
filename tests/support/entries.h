// How much of something the process has: threads, descriptors, keys.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <vector>

namespace refwave::test {

/// Returns: how many entries the folder has. For /proc/self/fd the look itself is one.
inline std::size_t entries_in(const char* folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

/// Returns: how many more pthread keys this process can make.
inline std::size_t free_keys() {
  std::vector<pthread_key_t> keys;
  for (pthread_key_t key{}; pthread_key_create(&key, nullptr) == 0;) keys.push_back(key);
  for (const pthread_key_t key : keys) pthread_key_delete(key);
  return keys.size();
}

}  // namespace refwave::test
