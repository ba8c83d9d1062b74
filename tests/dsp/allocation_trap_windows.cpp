// The trap in place of the C library's functions, which the linker's --wrap puts it: everything that is
// linked into the test, C++ library included, calls the functions of that name here. No thread_local: that
// allocates.
#include <windows.h>

#include <atomic>

#include "tests/dsp/allocation_trap.h"

namespace {
std::atomic<DWORD> armed_thread{0};
std::atomic<std::size_t> counted{0};

void count() noexcept {
  if (armed_thread.load() == GetCurrentThreadId()) counted.fetch_add(1);
}
}  // namespace

extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t items, std::size_t size);
void* __real_realloc(void* block, std::size_t size);
void __real_free(void* block);

void* __wrap_malloc(std::size_t size) {
  count();
  return __real_malloc(size);
}
void* __wrap_calloc(std::size_t items, std::size_t size) {
  count();
  return __real_calloc(items, size);
}
void* __wrap_realloc(void* block, std::size_t size) {
  count();
  return __real_realloc(block, size);
}
void __wrap_free(void* block) {
  count();
  __real_free(block);
}
}

namespace refwave::test {
AllocationTrap::AllocationTrap() noexcept {
  counted = 0;
  armed_thread = GetCurrentThreadId();
}
AllocationTrap::~AllocationTrap() { armed_thread = 0; }
std::size_t AllocationTrap::calls() const noexcept { return counted; }
}  // namespace refwave::test
