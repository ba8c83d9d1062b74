// What a case does once more because a machine may have stood still. It counts among the second tries of the
// whole run, of which there may be few (support/count).
#pragma once

#include <gtest/gtest.h>

#include <iostream>
#include <string>

namespace refwave::test {

/// Effects: notes in the account of this case that `what` was not as it must be, and is tried again. Thread:
/// the case's own.
inline void note_second_try(const std::string& what) {
  static const testing::TestInfo* noting = nullptr;
  static int noted = 0;
  const testing::TestInfo* const now = testing::UnitTest::GetInstance()->current_test_info();
  noted = now == noting ? noted + 1 : 1;
  noting = now;
  testing::Test::RecordProperty("second_try_" + std::to_string(noted), what);
  std::cout << "tried again: " << what << std::endl;
}

}  // namespace refwave::test
