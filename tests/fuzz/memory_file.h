// A file that lies in memory and has a name, for readers that open files by name. One thread.
#pragma once

#include <string>

#include "tests/fuzz/targets.h"

namespace refwave::fuzz {

class MemoryFile {
 public:
  /// Errors: std::runtime_error.
  explicit MemoryFile(Bytes content);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_ = -1;
};

}  // namespace refwave::fuzz
