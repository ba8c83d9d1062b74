// The stacks on which DriverCallback runs client functions without DCB_NOSWITCH: a fixed pool, made at its
// first use. Claiming a stack is one atomic operation. Any thread, at any depth of callbacks.
#pragma once

#include <cstddef>

namespace refwave::host {

inline constexpr std::size_t kCallbackStackBytes = 256 * 1024;
inline constexpr unsigned kCallbackStacks = 32;

using StackFunction = void (*)(void*);

/// Effects: calls function(argument) on a stack of the pool, which has a guard page; if all are in use, on
/// the caller's.
void call_on_callback_stack(StackFunction function, void* argument);

/// Effects: calls function(argument) on the stack between these addresses. enter_stack_asan.cpp also
/// announces the switch to the sanitizer.
void enter_stack(void* low, void* high, StackFunction function, void* argument);

/// Effects: sets the stack pointer to `high`, calls, and restores it.
extern "C" void refwave_switch_stack(void* high, StackFunction function, void* argument);

}  // namespace refwave::host
