// What a loud machine keeps from a test: the time in which threads were ready to run and had no processor. A
// claim of a time allows that much more, and one of sound without a gap is made where it was little. Each
// system has its own source file. Thread: the test's.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>

#include "tests/support/eventually.h"

namespace refwave::test {

class ProcessorWaits {
 public:
  /// Effects: counts from now on.
  ProcessorWaits() : begun_(now()) {}

  /// Returns: how long the threads of this process, and of the programs that it has started, have waited for
  /// a processor since this object was made, all together. Those that have ended are not counted. Whatever
  /// the threads do for each other, they were not later than that for want of a processor. 0 if the system
  /// does not tell it.
  std::chrono::milliseconds length() const;
  /// Returns: whether that is so long. Says it then, because a claim is not made. Use as EXPECT_TRUE(claim ||
  /// waits.are_over(margin)).
  bool are_over(std::chrono::milliseconds margin) const;

 private:
  using Waits = std::map<long, std::chrono::nanoseconds>;  // by thread, since its beginning
  static Waits now();

  Waits begun_;
};

/// Returns: how long it took until `condition()` came true, less what a loud machine kept; the longest time
/// there is if it did not. Use as EXPECT_LT(own_time_until(…), …).
template <class Condition>
std::chrono::milliseconds own_time_until(Condition condition) {
  using std::chrono::milliseconds, std::chrono::steady_clock;
  const ProcessorWaits waits;
  const auto begin = steady_clock::now();
  if (!eventually(condition)) return milliseconds::max();
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
  return std::max(milliseconds{0}, took - waits.length());
}

}  // namespace refwave::test
