#include "driver/core/stream/device_line.h"

#include <gtest/gtest.h>

namespace refwave::core {
namespace {

TEST(DeviceLine, Behind_a_gap_the_last_frame_is_heard_on_time) {
  DeviceLine line;
  line.advance(1'000, 100, 100);
  line.advance(1'000, 100, 100);  // heard at 300 + 1000
  line.advance(1'000, 0, 850);    // it is 1250
  EXPECT_EQ(line.unheard(), 50U);
  line.advance(1'000, 0, 50);
  EXPECT_EQ(line.unheard(), 0U);
}

TEST(DeviceLine, Follows_a_latency_that_changes) {
  DeviceLine line;
  for (int i = 0; i < 4; ++i) line.advance(960, 480, 0);
  line.advance(100, 480, 0);
  EXPECT_EQ(line.unheard(), 100U);
  line.advance(2'000, 480, 0);
  EXPECT_EQ(line.unheard(), 580U);
  line.advance(0, 480, 0);
  EXPECT_EQ(line.unheard(), 0U);
}

}  // namespace
}  // namespace refwave::core
