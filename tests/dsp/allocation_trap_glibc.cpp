// The trap in place of the C library's functions, whose own versions remain reachable by other names.
#include <cerrno>
#include <cstdlib>

#include "tests/dsp/allocation_trap.h"

namespace {
thread_local bool armed = false;
thread_local std::size_t counted = 0;

void count() noexcept {
  if (armed) ++counted;
}
}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t items, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);

__attribute__((visibility("default"))) void* malloc(std::size_t size) noexcept {
  count();
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(std::size_t items, std::size_t size) noexcept {
  count();
  return __libc_calloc(items, size);
}
__attribute__((visibility("default"))) void* realloc(void* block, std::size_t size) noexcept {
  count();
  return __libc_realloc(block, size);
}
__attribute__((visibility("default"))) void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) int posix_memalign(void** block, std::size_t alignment,
                                                          std::size_t size) noexcept {
  count();
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
__attribute__((visibility("default"))) void free(void* block) noexcept {
  count();
  __libc_free(block);
}
}

namespace refwave::test {
AllocationTrap::AllocationTrap() noexcept {
  counted = 0;
  armed = true;
}
AllocationTrap::~AllocationTrap() { armed = false; }
std::size_t AllocationTrap::calls() const noexcept { return counted; }
}  // namespace refwave::test
