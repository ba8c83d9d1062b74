#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/memory_file.h"

namespace refwave::fuzz {

MemoryFile::MemoryFile(Bytes content) : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
  const auto size = static_cast<ssize_t>(content.size());
  if (descriptor_ < 0 || write(descriptor_, content.data(), content.size()) != size)
    throw std::runtime_error("no file in memory");
}

MemoryFile::~MemoryFile() { close(descriptor_); }

}  // namespace refwave::fuzz
