// Waits in tests: for a condition, with a deadline after which the test fails.
#pragma once

#include <chrono>
#include <thread>

namespace refwave::test {

/// Returns: whether `condition()` came true within `patience`. Use as EXPECT_TRUE(eventually(…)).
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace refwave::test
