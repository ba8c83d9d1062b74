// A stream whose client asks for another rate when memory runs out.
#include <gtest/gtest.h>

#include "tests/core/output_stream.h"
#include "tests/host/scarce_memory.h"

namespace refwave::core {
namespace {

TEST(PlaybackState, Without_memory_for_another_rate_plays_on_as_before) {
  int failures = 0;
  bool is_ready = false;
  while (!is_ready) {
    test::OutputStream output;
    output.write_frames(1'000);
    {
      const host::test::FailingAllocation failing(failures);
      is_ready = test::prepare_speed(output.playback(), 3 * dsp::kUnity, dsp::kUnity, dsp::Quality::fastest);
      ASSERT_NE(is_ready, failing.failed()) << failures;
    }
    if (is_ready) break;
    ++failures;
    output.render(480);
    EXPECT_EQ(output.heard_samples()[959], 960);
    EXPECT_EQ(output.position(), 480U);
    EXPECT_TRUE(test::prepare_speed(output.playback(), 3 * dsp::kUnity, dsp::kUnity, dsp::Quality::fastest))
        << "later";
  }
  EXPECT_GE(failures, 5);
}

}  // namespace
}  // namespace refwave::core
