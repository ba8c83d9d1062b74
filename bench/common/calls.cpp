#include "bench/common/calls.h"

#include <cstdint>

#include "bench/common/samples.h"

namespace refwave::bench {
namespace {

void count(void* argument) { ++*static_cast<std::size_t*>(argument); }

/// Returns: the highest address in `stack` at which a stack may begin.
std::byte* top_of(std::vector<std::byte>& stack) {
  const auto end = reinterpret_cast<std::uintptr_t>(stack.data() + stack.size());
  return stack.data() + stack.size() - end % 16;
}

}  // namespace

Function counting_function() noexcept {
  Function function = &count;
  benchmark::DoNotOptimize(function);
  return function;
}

double IndirectCalls::step() noexcept {
  const Function function = counting_function();
  return loop_ns(calls_, [&] { function(&count_); });
}

double SwitchedCalls::step() noexcept {
  const Function function = counting_function();
  std::byte* const top = top_of(stack_);
  return loop_ns(calls_, [&] { call_on_stack(function, &count_, top); });
}

}  // namespace refwave::bench
