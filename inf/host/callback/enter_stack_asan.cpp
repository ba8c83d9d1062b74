// AddressSanitizer tracks the bounds of each thread's stack, and perhaps a fake stack, so each switch is
// announced.
#include <sanitizer/common_interface_defs.h>

#include <cstddef>

#include "inf/host/callback/callback_stack.h"

namespace refwave::host {
namespace {

struct Crossing {
  StackFunction function;
  void* argument;
};

void arrive(void* crossing_address) {
  const void* home_low = nullptr;
  std::size_t home_bytes = 0;
  __sanitizer_finish_switch_fiber(nullptr, &home_low, &home_bytes);
  const auto& crossing = *static_cast<Crossing*>(crossing_address);
  crossing.function(crossing.argument);
  // Null: this stack's frames are dead.
  __sanitizer_start_switch_fiber(nullptr, home_low, home_bytes);
}

}  // namespace

void enter_stack(void* low, void* high, StackFunction function, void* argument) {
  Crossing crossing{function, argument};
  void* home_fake_stack = nullptr;
  const auto bytes = static_cast<std::size_t>(static_cast<std::byte*>(high) - static_cast<std::byte*>(low));
  __sanitizer_start_switch_fiber(&home_fake_stack, low, bytes);
  refwave_switch_stack(high, arrive, &crossing);
  __sanitizer_finish_switch_fiber(home_fake_stack, nullptr, nullptr);
}

}  // namespace refwave::host
