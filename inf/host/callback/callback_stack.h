// The stacks on which DriverCallback runs client functions when the driver does not promise its own
// (DCB_NOSWITCH is absent). A fixed pool, made at its first use. Claiming a stack is one atomic operation,
// so any thread may do it, at any depth of callbacks.
#pragma once

#include <cstddef>

namespace refwave::host {

inline constexpr std::size_t kCallbackStackBytes = 256 * 1024;
inline constexpr unsigned kCallbackStacks = 32;

using StackFunction = void (*)(void*);

/// Effects: calls function(argument) on a stack of the pool, with a guard page below it. If all 32 stacks are
/// in use, it calls on the caller's stack, because the message must not be lost.
void call_on_callback_stack(StackFunction function, void* argument);

/// Effects: calls function(argument) on the stack between these addresses. It also tells a sanitizer about
/// the switch: enter_stack_plain.cpp or enter_stack_asan.cpp, as CMake chooses.
void enter_stack(void* low, void* high, StackFunction function, void* argument);

/// Effects: the switch itself, in the processor's own instructions: sets the stack pointer to `high`,
/// calls, sets it back.
extern "C" void refwave_switch_stack(void* high, StackFunction function, void* argument);

}  // namespace refwave::host
