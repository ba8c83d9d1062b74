// Nobody watches the stack pointer: the switch is all there is to it. ThreadSanitizer needs nothing either,
// as the thread stays the same.
#include "driver/host/callback/callback_stack.h"

namespace refwave::host {

void enter_stack(void*, void* high, StackFunction function, void* argument) {
  refwave_switch_stack(high, function, argument);
}

}  // namespace refwave::host
