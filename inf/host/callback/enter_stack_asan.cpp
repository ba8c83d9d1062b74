// AddressSanitizer knows each thread's own stack alone: the function runs on the caller's.
#include "inf/host/callback/callback_stack.h"

namespace refwave::host {

void enter_stack(void*, std::size_t, StackFunction function, void* argument) { function(argument); }

}  // namespace refwave::host
