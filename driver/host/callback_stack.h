// The stacks that DriverCallback runs client functions on when the driver does not vouch for its own
// (DCB_NOSWITCH absent). A fixed pool, made at first use; claiming one is an atomic operation, so any thread
// may, at any depth.
#pragma once

#include <cstddef>

namespace refwave::host {

inline constexpr std::size_t kCallbackStackBytes = 256 * 1024;
inline constexpr unsigned kCallbackStacks = 32;

using StackFunction = void (*)(void*);

/// Effects: calls function(argument) on a stack of the pool, with a guard page below it. If all are in use,
/// which takes 32 callbacks at once, it calls on the caller's stack: a message is worth more than the switch.
void call_on_callback_stack(StackFunction function, void* argument);

/// Effects: calls function(argument) on the stack between these addresses. What a sanitizer has to be told
/// about it is told here: enter_stack_plain.cpp or enter_stack_asan.cpp, as CMake chooses.
void enter_stack(void* low, void* high, StackFunction function, void* argument);

/// Effects: the switch itself, in the processor's own words: sets the stack pointer to `high`, calls, sets it
/// back.
extern "C" void refwave_switch_stack(void* high, StackFunction function, void* argument);

}  // namespace refwave::host
