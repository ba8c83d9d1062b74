// What a driver may leave in a process after it is unloaded.
#pragma once

#include <malloc.h>
#include <pthread.h>

#include <cstddef>
#include <ostream>
#include <vector>

#include "tests/contract/harness.h"
#include "tests/support/eventually.h"

namespace refwave::contract {

using conform::files_open;
using conform::threads_alive;

/// Returns: how many more pthread keys this process can make.
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

/// Returns: the census, once there are no more threads and files than `before`. A joined thread stays in
/// /proc until the kernel removes it, and a living one may be reading a file.
inline Census census_after(const Census& before) {
  eventually([&] { return threads_alive({}) <= before.threads && files_open() <= before.files; });
  return {};
}

}  // namespace refwave::contract
