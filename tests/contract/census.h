// What a driver may leave in a process after it is unloaded.
#pragma once

#include <malloc.h>

#include <cstddef>
#include <ostream>

#include "tests/contract/harness.h"
#include "tests/support/entries.h"
#include "tests/support/eventually.h"

namespace refwave::contract {

using conform::files_open;
using conform::threads_alive;

struct Census {
  std::size_t threads = threads_alive({});
  std::size_t files = files_open();
  std::size_t keys_left = test::free_keys();
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
