// A file that lies in memory and has a name, for readers that open files by name. One thread.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "tests/fuzz/targets.h"

namespace refwave::fuzz {

class MemoryFile {
 public:
  /// Errors: std::runtime_error.
  explicit MemoryFile(Bytes content) : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
    const auto size = static_cast<ssize_t>(content.size());
    if (descriptor_ < 0 || write(descriptor_, content.data(), content.size()) != size)
      throw std::runtime_error("no file in memory");
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  const int descriptor_;
};

}  // namespace refwave::fuzz
