#include <sys/mman.h>

#include <cstdint>
#include <new>

#include "tests/memory_model/checker/fiber.h"

extern "C" void refwave_memory_model_switch(void** from, void* to) noexcept;

// The registers that a called function has to keep, and the floating-point modes.
asm(R"(
.text
.globl refwave_memory_model_switch
.type refwave_memory_model_switch, @function
refwave_memory_model_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  stmxcsr (%rsp)
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  ldmxcsr (%rsp)
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.globl refwave_memory_model_enter
.type refwave_memory_model_enter, @function
refwave_memory_model_enter:
  movq %r12, %rdi
  callq *%rbx
  ud2
.size refwave_memory_model_switch, .-refwave_memory_model_switch
)");

extern "C" void refwave_memory_model_enter() noexcept;

namespace refwave::memory_model {

Fiber::Fiber() {
  void* memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  stack_ = static_cast<std::byte*>(memory);
  // Too deep a call ends the program here, and not in a neighbour's stack.
  mprotect(stack_, 4096, PROT_NONE);
}

Fiber::~Fiber() { munmap(stack_, kStackBytes); }

void Fiber::start(Body body, void* argument) noexcept {
  auto* top = reinterpret_cast<std::uint64_t*>(stack_ + kStackBytes);
  *--top = 0;
  *--top = 0;
  *--top = reinterpret_cast<std::uint64_t>(&refwave_memory_model_enter);
  *--top = 0;                                          // rbp
  *--top = reinterpret_cast<std::uint64_t>(body);      // rbx
  *--top = reinterpret_cast<std::uint64_t>(argument);  // r12
  *--top = 0;                                          // r13
  *--top = 0;                                          // r14
  *--top = 0;                                          // r15
  *--top = 0x1F80;                                     // mxcsr: no traps, round to nearest
  where = top;
}

void Fiber::switch_to(void*& from, void* to) noexcept { refwave_memory_model_switch(&from, to); }

}  // namespace refwave::memory_model
