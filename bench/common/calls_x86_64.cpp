#include "bench/common/calls.h"

namespace refwave::bench {

// The old stack pointer survives the call in rbx, which the callee keeps (System V ABI for x86-64). The
// callee may change all other registers that the ABI allows. This function may use 128 bytes below the stack
// pointer (the red zone). The call does not touch them, because it pushes its return address onto the other
// stack.
void call_on_stack(Function function, void* argument, std::byte* stack_top) noexcept {
  asm volatile(
      "movq %%rsp, %%rbx\n\t"
      "movq %[top], %%rsp\n\t"
      "callq *%[function]\n\t"
      "movq %%rbx, %%rsp\n\t"
      : "+D"(argument), [top] "+r"(stack_top), [function] "+r"(function)
      :
      : "rbx", "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
        "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc",
        "memory");
}

}  // namespace refwave::bench
