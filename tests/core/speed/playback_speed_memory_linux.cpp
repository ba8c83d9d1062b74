// A stream whose client asks for another rate when memory runs out.
#include <gtest/gtest.h>

#include "tests/core/playback_room.h"
#include "tests/host/scarce_memory.h"

namespace refwave::core {
namespace {

TEST(PlaybackHalf, Without_memory_for_another_rate_plays_on_as_before) {
  int failures = 0;
  bool is_ready = false;
  while (!is_ready) {
    test::PlaybackRoom room;
    room.write_frames(1'000);
    {
      const host::test::FailingAllocation failing(failures);
      is_ready = test::prepare_speed(room.playback(), 3 * dsp::kUnity, dsp::kUnity, dsp::Quality::fastest);
      ASSERT_NE(is_ready, failing.failed()) << failures;
    }
    if (is_ready) break;
    ++failures;
    room.render(480);
    EXPECT_EQ(room.heard_samples()[959], 960);
    EXPECT_EQ(room.position(), 480U);
    EXPECT_TRUE(test::prepare_speed(room.playback(), 3 * dsp::kUnity, dsp::kUnity, dsp::Quality::fastest))
        << "later";
  }
  EXPECT_GE(failures, 5);
}

}  // namespace
}  // namespace refwave::core
