// How often this thread has had to be given a page of memory. One source file a system.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::test {

/// Returns: page faults of the calling thread so far.
std::uint64_t page_faults();

/// So many pages that nobody has touched, each for itself.
class FreshPages {
 public:
  explicit FreshPages(std::size_t count);
  ~FreshPages();
  FreshPages(const FreshPages&) = delete;
  FreshPages& operator=(const FreshPages&) = delete;

  unsigned char* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_;
  unsigned char* data_;
};

}  // namespace refwave::test
