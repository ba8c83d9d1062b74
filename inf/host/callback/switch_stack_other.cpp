// For other processors: the function runs on the caller's stack.
#include "inf/host/callback/callback_stack.h"

extern "C" void refwave_switch_stack(void*, refwave::host::StackFunction function, void* argument) {
  function(argument);
}
