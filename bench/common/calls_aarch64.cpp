#include "bench/common/calls.h"

namespace refwave::bench {

// The old stack pointer survives the call in x19, which the callee keeps (AAPCS64), as it does the low halves
// of v8 to v15.
void call_on_stack(Function function, void* argument, std::byte* stack_top) noexcept {
  register void* x0 asm("x0") = argument;
  asm volatile(
      "mov x19, sp\n\t"
      "mov sp, %[top]\n\t"
      "blr %[function]\n\t"
      "mov sp, x19\n\t"
      : "+r"(x0)
      : [top] "r"(stack_top), [function] "r"(function)
      : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
        "x17", "x18", "x19", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18",
        "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "cc",
        "memory");
}

}  // namespace refwave::bench
