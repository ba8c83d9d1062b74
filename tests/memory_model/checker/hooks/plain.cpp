// The functions that g++ calls before plain accesses under -fsanitize=thread, and memory functions, which it
// calls without asking: the linker sends these here (--wrap).
#include <cstddef>
#include <cstring>

#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/memory.h"

namespace refwave::memory_model {
namespace {

void access(const void* at, std::size_t size, Memory::Access kind, void* caller) {
  if (!watching || reinterpret_cast<Address>(at) - ignored.at < ignored.size) return;
  const Unwatched unwatched;
  memory().plain(reinterpret_cast<Address>(at), size, kind, reinterpret_cast<Address>(caller));
}

}  // namespace
}  // namespace refwave::memory_model

using refwave::memory_model::access;
using Access = refwave::memory_model::Memory::Access;

#define REFWAVE_ACCESS_HOOKS(size)                                                                  \
  void __tsan_read##size(void* at) { access(at, size, Access::read, __builtin_return_address(0)); } \
  void __tsan_write##size(void* at) { access(at, size, Access::write, __builtin_return_address(0)); }

extern "C" {

REFWAVE_ACCESS_HOOKS(1)
REFWAVE_ACCESS_HOOKS(2)
REFWAVE_ACCESS_HOOKS(4)
REFWAVE_ACCESS_HOOKS(8)
REFWAVE_ACCESS_HOOKS(16)

void __tsan_read_range(void* at, std::size_t size) {
  access(at, size, Access::read, __builtin_return_address(0));
}
void __tsan_write_range(void* at, std::size_t size) {
  access(at, size, Access::write, __builtin_return_address(0));
}
void __tsan_vptr_update(void** at, void* value) {
  if (*at != value) access(at, sizeof value, Access::write, __builtin_return_address(0));
}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_init() {}

void* __real_memcpy(void* to, const void* from, std::size_t size);
void* __real_memmove(void* to, const void* from, std::size_t size);
void* __real_memset(void* to, int value, std::size_t size);

void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
  access(from, size, Access::read, __builtin_return_address(0));
  access(to, size, Access::write, __builtin_return_address(0));
  return __real_memcpy(to, from, size);
}
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
  access(from, size, Access::read, __builtin_return_address(0));
  access(to, size, Access::write, __builtin_return_address(0));
  return __real_memmove(to, from, size);
}
void* __wrap_memset(void* to, int value, std::size_t size) {
  access(to, size, Access::write, __builtin_return_address(0));
  return __real_memset(to, value, size);
}

}  // extern "C"
