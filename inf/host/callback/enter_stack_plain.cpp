// Only the switch: no announcement is needed, not even by ThreadSanitizer.
#include "inf/host/callback/callback_stack.h"

namespace refwave::host {

void enter_stack(void*, void* high, StackFunction function, void* argument) {
  refwave_switch_stack(high, function, argument);
}

}  // namespace refwave::host
