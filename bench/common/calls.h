// Baselines: a call through a pointer, and a call for which the stack pointer is moved to another stack and
// back. This is the least that a callback costs, without and with a stack of its own.
#pragma once

#include <cstddef>
#include <vector>

namespace refwave::bench {

/// The function that is called: the simplest possible callback.
using Function = void (*)(void* argument);

/// Returns: a function that adds one to a std::size_t, and that the compiler cannot inline.
Function counting_function() noexcept;

/// Effects: calls `function(argument)` with the stack pointer at `stack_top`, which is a multiple of 16. One
/// source file for each processor family.
void call_on_stack(Function function, void* argument, std::byte* stack_top) noexcept;

/// Loops of calls, both for in_turns(). step() returns the ns for each call.
class IndirectCalls {
 public:
  explicit IndirectCalls(std::size_t calls) : calls_(calls) {}
  void begin() noexcept {}
  double step() noexcept;

 private:
  const std::size_t calls_;
  std::size_t count_ = 0;
};

class SwitchedCalls {
 public:
  explicit SwitchedCalls(std::size_t calls) : calls_(calls), stack_(16 * 1024) {}
  void begin() noexcept {}
  double step() noexcept;

 private:
  const std::size_t calls_;
  std::size_t count_ = 0;
  std::vector<std::byte> stack_;
};

}  // namespace refwave::bench
