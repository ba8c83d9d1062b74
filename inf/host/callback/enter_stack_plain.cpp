// Only the switch itself, because nothing observes the stack pointer. ThreadSanitizer needs no announcement
// either, because the thread stays the same.
#include "inf/host/callback/callback_stack.h"

namespace refwave::host {

void enter_stack(void*, void* high, StackFunction function, void* argument) {
  refwave_switch_stack(high, function, argument);
}

}  // namespace refwave::host
