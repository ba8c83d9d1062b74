// For processors without a file of their own: the function runs on the caller's stack, as it does where no
// stack of the pool is free.
#include "inf/host/callback/callback_stack.h"

extern "C" void refwave_switch_stack(void*, refwave::host::StackFunction function, void* argument) {
  function(argument);
}
