// The things in a process that a driver may leave there when it is unloaded.
#pragma once

#include <malloc.h>
#include <pthread.h>

#include <cstddef>
#include <ostream>
#include <vector>

#include "tests/contract/harness.h"

namespace refwave::contract {

using conform::files_open;
using conform::threads_alive;

/// Returns: the number of pthread keys that this process could still make.
inline std::size_t free_keys() {
  std::vector<pthread_key_t> keys;
  for (pthread_key_t key{}; pthread_key_create(&key, nullptr) == 0;) keys.push_back(key);
  for (const pthread_key_t key : keys) pthread_key_delete(key);
  return keys.size();
}

struct Census {
  std::size_t threads = threads_alive({});
  std::size_t files = files_open();
  std::size_t keys_left = free_keys();
  std::size_t memory_bytes = mallinfo2().uordblks;  // not under a sanitizer, which has its own malloc
};

inline std::ostream& operator<<(std::ostream& out, const Census& census) {
  return out << census.threads << " threads, " << census.files << " files, " << census.keys_left
             << " free keys, " << census.memory_bytes << " bytes";
}

/// Returns: the census as soon as there are no more threads than `before`. A joined thread stays in /proc
/// until the kernel has removed it.
inline Census census_after(const Census& before) {
  eventually([&] { return threads_alive({}) <= before.threads; });
  return {};
}

}  // namespace refwave::contract
