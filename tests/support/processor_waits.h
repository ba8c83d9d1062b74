// The time in which threads were runnable without a processor. A claim of a time allows that much more; a
// claim of sound without a gap is made only if it was short. Each system has its own source file. Thread: the
// test's.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>

#include "tests/support/eventually.h"

namespace refwave::test {

class ProcessorWaits {
 public:
  ProcessorWaits() : begun_(now()) {}

  /// Returns: how long all live threads of this process and its children, together, have waited for a
  /// processor since this object was made: an upper bound of the delay. 0 if the system does not say.
  std::chrono::milliseconds length() const;
  /// Returns: whether that is longer than `margin`; prints so, because the claim is then not made. Use as
  /// EXPECT_TRUE(claim || waits.are_over(margin)).
  bool are_over(std::chrono::milliseconds margin) const;

 private:
  using Waits = std::map<long, std::chrono::nanoseconds>;  // by thread, since its beginning
  static Waits now();

  Waits begun_;
};

/// Returns: how long it took until `condition()` was true, less the threads' waits; milliseconds::max() if it
/// never was. Use as EXPECT_LT(own_time_until(…), …).
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
