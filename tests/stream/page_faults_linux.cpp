#include "tests/stream/page_faults.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace refwave::test {

std::uint64_t page_faults() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_minflt) + static_cast<std::uint64_t>(usage.ru_majflt);
}

FreshPages::FreshPages(std::size_t count) : bytes_(count * static_cast<std::size_t>(getpagesize())) {
  void* const pages = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) std::abort();
  data_ = static_cast<unsigned char*>(pages);
  madvise(pages, bytes_, MADV_NOHUGEPAGE);
}

FreshPages::~FreshPages() { munmap(data_, bytes_); }

}  // namespace refwave::test
