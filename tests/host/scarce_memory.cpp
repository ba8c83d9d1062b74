#include "tests/host/scarce_memory.h"

#include <cstdlib>
#include <new>

namespace {

constexpr int kNone = -1;       // none fails
constexpr int kHasFailed = -2;  // and no other will
thread_local int left = kNone;

void* allocate(std::size_t bytes) {
  if (left == 0) {
    left = kHasFailed;
    throw std::bad_alloc();
  }
  if (left > 0) --left;
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}

void* allocate_or_null(std::size_t bytes) noexcept {
  try {
    return allocate(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate_or_null(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate_or_null(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace refwave::host::test {

FailingAllocation::FailingAllocation(int number) { left = number; }
FailingAllocation::~FailingAllocation() { left = kNone; }
bool FailingAllocation::failed() const { return left == kHasFailed; }

EnoughMemory::EnoughMemory() : left_(left) { left = kNone; }
EnoughMemory::~EnoughMemory() { left = left_; }

}  // namespace refwave::host::test
