#include "driver/core/stream/device_line.h"

#include <gtest/gtest.h>

namespace refwave::core {
namespace {

TEST(DeviceLine, A_stream_is_heard_after_the_silence_that_was_there_before_it) {
  DeviceLine line;
  line.advance(960, 480, 0);
  EXPECT_EQ(line.unheard(), 480U);
  line.advance(960, 100, 380);
  EXPECT_EQ(line.unheard(), 580U);
  line.advance(960, 0, 480);
  EXPECT_EQ(line.unheard(), 100U);
  line.advance(960, 0, 480);
  EXPECT_EQ(line.unheard(), 0U);
}

TEST(DeviceLine, While_a_stream_plays_on_the_latency_is_what_is_unheard) {
  DeviceLine line;
  for (int i = 0; i < 10; ++i) line.advance(960, 480, 0);
  EXPECT_EQ(line.unheard(), 960U);
}

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

TEST(DeviceLine, A_reset_leaves_nothing_to_be_heard) {
  DeviceLine line;
  line.advance(960, 480, 0);
  line.forget();
  EXPECT_EQ(line.unheard(), 0U);
  line.advance(960, 10, 0);
  EXPECT_EQ(line.unheard(), 10U);
}

}  // namespace
}  // namespace refwave::core
