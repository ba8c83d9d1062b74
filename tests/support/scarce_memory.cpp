#include "tests/support/scarce_memory.h"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace refwave::test {
namespace {

std::atomic<long> left{-1};  // how many more allocations succeed; below 0: all
std::atomic<long> failed{0};
std::atomic<ScarceMemory::Of> meant{};
std::atomic<ScarceMemory::Fails> how_many{};
thread_local bool is_owner = false;
thread_local bool has_enough = false;

bool is_meant() {
  if (meant == ScarceMemory::Of::this_thread) return is_owner && !has_enough;
  char name[16] = "";
  pthread_getname_np(pthread_self(), name, sizeof name);
  return meant == ScarceMemory::Of::everybody || std::strncmp(name, "refwave-", 8) == 0;
}

void* allocate(std::size_t bytes) {
  if (long few = left; few >= 0 && is_meant()) {
    while (few > 0 && !left.compare_exchange_weak(few, few - 1)) {
    }
    if (few == 0) {
      ++failed;
      if (how_many == ScarceMemory::Fails::one) left = -1;
      throw std::bad_alloc();
    }
  }
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

ScarceMemory::ScarceMemory(long after, Of of, Fails fails) {
  failed = 0;
  meant = of;
  how_many = fails;
  is_owner = true;
  left = after;
}
ScarceMemory::~ScarceMemory() {
  left = -1;
  is_owner = false;
}
long ScarceMemory::refused() { return failed; }

EnoughMemory::EnoughMemory() { has_enough = true; }
EnoughMemory::~EnoughMemory() { has_enough = false; }

}  // namespace refwave::test

using refwave::test::allocate;
using refwave::test::allocate_or_null;

// Not inlined: the compiler would see free() end what new began.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return allocate(bytes); }
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return allocate(bytes); }
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes);
}
[[gnu::noinline]] void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
