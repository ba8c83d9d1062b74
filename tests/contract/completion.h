// Rules that hold whoever tells the client that a block is done: a thread of the driver's (deferred), or the
// audio thread itself (direct).
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/contract/client.h"

namespace refwave::contract {

class WithEitherCompletion : public testing::TestWithParam<const char*> {
 protected:
  /// Returns: settings for a stepped device with this test's completion, and `more`.
  static std::string settings(const std::string& more = {}) {
    return stepped(std::string("completion=") + GetParam() + "; " + more);
  }
};

inline std::string name_of_completion(const testing::TestParamInfo<const char*>& completion) {
  return completion.param;
}

}  // namespace refwave::contract

#define INSTANTIATE_WITH_EITHER_COMPLETION(Suite)                                    \
  INSTANTIATE_TEST_SUITE_P(Completion, Suite, testing::Values("deferred", "direct"), \
                           refwave::contract::name_of_completion)
