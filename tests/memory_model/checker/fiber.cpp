#include "tests/memory_model/checker/fiber.h"

#include <sys/mman.h>

#include <new>

namespace refwave::memory_model {

Fiber::Fiber() {
  void* memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  stack_ = static_cast<std::byte*>(memory);
  // Too deep a call ends the program here, and not in a neighbour's stack.
  mprotect(stack_, 4096, PROT_NONE);
}

Fiber::~Fiber() { munmap(stack_, kStackBytes); }

void Fiber::start(void (*body)()) noexcept {
  getcontext(&context);
  context.uc_stack.ss_sp = stack_;
  context.uc_stack.ss_size = kStackBytes;
  makecontext(&context, body, 0);
}

}  // namespace refwave::memory_model
