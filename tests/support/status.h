// The outcome of an action, as EXPECT_TRUE takes it: a failure says why.
#pragma once

#include <gtest/gtest.h>

#include "hal/system/status.h"

namespace refwave::test {

inline testing::AssertionResult succeeded(const hal::Status& status) {
  return status.ok() ? testing::AssertionSuccess() : testing::AssertionFailure() << status.reason();
}

}  // namespace refwave::test
