// By the C library's contexts, which know every processor.
#include <ucontext.h>

#include <cstdint>

#include "inf/host/callback/callback_stack.h"

namespace refwave::host {
namespace {

struct Call {
  StackFunction function;
  void* argument;
};

/// makecontext() passes integers of 32 bits, so the address comes in halves.
void make_call(unsigned high, unsigned low) {
  const std::uint64_t address = std::uint64_t{high} << 32 | low;
  const auto& call = *reinterpret_cast<const Call*>(static_cast<std::uintptr_t>(address));
  call.function(call.argument);
}

}  // namespace

void enter_stack(void* low, std::size_t bytes, StackFunction function, void* argument) {
  const Call call{function, argument};
  const std::uint64_t address = reinterpret_cast<std::uintptr_t>(&call);
  ucontext_t here;
  ucontext_t there;
  getcontext(&there);
  there.uc_stack.ss_sp = low;
  there.uc_stack.ss_size = bytes;
  there.uc_link = &here;
  makecontext(&there, reinterpret_cast<void (*)()>(&make_call), 2, static_cast<unsigned>(address >> 32),
              static_cast<unsigned>(address));
  swapcontext(&here, &there);
}

}  // namespace refwave::host
