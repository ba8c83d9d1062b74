// Baselines: a call through a pointer, and a call for which the stack pointer is moved to another stack and
// back. This is the least that a callback costs, without and with a stack of its own.
#pragma once

#include <cstddef>
#include <vector>

namespace refwave::bench {

/// The function that is called: a callback as plain as possible.
using Function = void (*)(void* argument);

/// Returns: a function that the compiler cannot see through, and that adds one to a std::size_t.
Function counting_function() noexcept;

/// Effects: `function(argument)` with the stack pointer at `stack_top`, which is a multiple of 16. One source
/// file a processor.
void call_on_stack(Function function, void* argument, std::byte* stack_top) noexcept;

/// Loops of calls: both for in_turns(). step() returns ns a call.
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
