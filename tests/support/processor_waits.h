// How long threads were runnable without a processor. A claim about time, or about sound without a gap, fails
// if it does not hold, unless a thread, by itself, waited for longer than the claim can bear: then it was not
// made, and the case is skipped, which `./run test` counts. Each system has its own source file. Thread: the
// test's.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>

#include "tests/support/eventually.h"

namespace refwave::test {

/// Effects: if a thread waited for longer than `margin`, skips the case; not if REFWAVE_QUIET_MACHINE is set.
/// Returns: whether it did. Use as EXPECT_TRUE(claim || skips_under_load(…)).
inline bool skips_under_load(std::chrono::milliseconds longest, std::chrono::milliseconds margin) {
  if (longest <= margin || std::getenv("REFWAVE_QUIET_MACHINE") != nullptr) return false;
  [&] {
    GTEST_SKIP() << "under load: a thread waited " << longest.count()
                 << " ms for a processor, and the claim bears " << margin.count();
  }();
  return true;
}

class ProcessorWaits {
 public:
  ProcessorWaits() : begun_(now()) {}

  /// Effects: looks at the threads, so that the waits of those that end later count up to here.
  void look();
  /// Returns: how long that thread of this process and its descendants waited that waited longest since this
  /// object was made. Threads below the normal priority do not count: no claim depends on them. 0 if the
  /// system does not say.
  std::chrono::milliseconds longest();
  bool skips_over(std::chrono::milliseconds margin) { return skips_under_load(longest(), margin); }

 private:
  using Waits = std::map<long, std::chrono::nanoseconds>;  // by thread, since its beginning
  static Waits now();

  Waits begun_;
  std::chrono::nanoseconds longest_{0};
};

/// Returns: whether `condition()` came true within `limit`. Skips the case if it took longer by no more than
/// a thread waited.
template <class Condition>
bool is_within(std::chrono::milliseconds limit, Condition condition) {
  using std::chrono::milliseconds, std::chrono::steady_clock;
  ProcessorWaits waits;
  const auto begin = steady_clock::now();
  if (!eventually(condition)) return false;
  const auto over = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin) - limit;
  return over < milliseconds{0} || waits.skips_over(over);
}

}  // namespace refwave::test
