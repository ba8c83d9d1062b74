// The call on another stack, in the processor's own instructions.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <numeric>

#include "inf/host/callback/callback_stack.h"

namespace refwave::bench {
namespace {

struct Called {
  std::size_t times = 0;
  std::uintptr_t frame = 0;
  double sum = 0;
};

/// Needs many registers, so that a register which the caller does not give up would show.
void note(void* argument) {
  auto& called = *static_cast<Called*>(argument);
  ++called.times;
  called.frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  std::array<double, 64> numbers;
  std::iota(numbers.begin(), numbers.end(), static_cast<double>(called.times));
  for (const double number : numbers) called.sum += number * 0.5;
}

class CallOnStack : public ::testing::Test {
 protected:
  std::uintptr_t low() const { return reinterpret_cast<std::uintptr_t>(stack_.data()); }
  std::byte* top() { return stack_.data() + stack_.size(); }

  alignas(16) std::array<std::byte, std::size_t{64} * 1024> stack_{};
  Called called_;
};

TEST_F(CallOnStack, Runs_the_function_once_on_that_stack) {
  host::refwave_switch_stack(top(), note, &called_);
  EXPECT_EQ(called_.times, 1U);
  EXPECT_GE(called_.frame, low());
  EXPECT_LT(called_.frame, low() + stack_.size());
}

TEST_F(CallOnStack, Gives_the_caller_its_own_stack_and_values_back) {
  const auto before = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  std::array<std::size_t, 24> whole;
  std::array<double, 24> fractions;
  std::iota(whole.begin(), whole.end(), 1U);
  std::iota(fractions.begin(), fractions.end(), 0.25);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    host::refwave_switch_stack(top(), note, &called_);
    whole[i] += called_.times;
    fractions[i] += static_cast<double>(called_.times);
  }
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)), before);
  EXPECT_EQ(called_.times, whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i], 2 * (i + 1));
    EXPECT_EQ(fractions[i], 0.25 + static_cast<double>(i) + static_cast<double>(i + 1));
  }
}

}  // namespace
}  // namespace refwave::bench
