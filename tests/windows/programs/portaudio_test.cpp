// PortAudio's own tests as clients: what a listener is told to hear is what must arrive. How it is divided is
// looked at on the clocked device alone: under Wine a busy machine puts silence between a sound's parts, and
// takes a period away now and then.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/windows/programs/guest_program.h"

namespace refwave::test {
namespace {

bool says_that_all_is_well(const Performance& run) {
  return run.output.find(" 0 failed.") != run.output.npos;
}

TEST(paqa_errs, finds_no_error_on_any_route) {
  for (const Performance& run : perform("paqa_errs")) {
    SCOPED_TRACE(run);
    EXPECT_EQ(run.exit_status, 0);
    EXPECT_TRUE(says_that_all_is_well(run));
  }
}

TEST(patest_sine_time, plays_a_sine_on_each_side_twice) {
  for (const Performance& run : perform("patest_sine_time")) {
    SCOPED_TRACE(run);
    EXPECT_EQ(run.exit_status, 0);
    const std::vector<Sound> heard = sounds(run.heard, 1);
    ASSERT_EQ(heard.size(), 2U);
    for (const Sound& sound : heard) {
      EXPECT_NEAR(frequency(run.heard.left, sound), 140.4, 0.1);
      EXPECT_NEAR(frequency(run.heard.right, sound), 421.1, 0.5);
    }
    // It stops by its own clock, whatever a busy machine has played until then.
    EXPECT_GT(heard_seconds(run.heard), 2 * 2.0);
    EXPECT_LT(heard_seconds(run.heard), 2 * 4.5);
    EXPECT_NEAR(peak(run.heard.left), 1, 0.001);
  }
}

TEST(patest_stop, plays_its_tune_to_the_end_unless_aborted) {
  for (const Performance& run : perform("patest_stop")) {
    SCOPED_TRACE(run);
    EXPECT_EQ(run.exit_status, 0);
    EXPECT_GT(heard_seconds(run.heard), 8 + 8 + 4);
    EXPECT_LT(heard_seconds(run.heard), 8 + 8 + 7.9);
    if (run.route != Route::clocked) continue;
    const std::vector<Sound> heard = sounds(run.heard, 0.1);
    ASSERT_EQ(heard.size(), 3U);
    EXPECT_NEAR(heard[0].seconds(), 8, 0.01);
    EXPECT_NEAR(heard[1].seconds(), 8, 0.01);
  }
}

TEST(patest_stop_playout, loses_less_than_a_blip_when_it_stops) {
  for (const Performance& run : perform("patest_stop_playout")) {
    SCOPED_TRACE(run);
    EXPECT_EQ(run.exit_status, 0);
    // Pa_StopStream may come while PortAudio holds frames of the callback's that found no room in the host's
    // buffer. They are lost: less than the callback's 1,024 frames, and less than one blip.
    EXPECT_GT(heard_seconds(run.heard), 12 * 1.035 - 1'024 / 44'100.0 - 0.01);
    EXPECT_LT(heard_seconds(run.heard), 12 * 1.035 + (run.route == Route::clocked ? 0.01 : 0.03));
    if (run.route != Route::clocked) continue;
    const std::vector<Sound> heard = sounds(run.heard, 0.1);
    const auto blip = [](const Sound& sound) { return sound.seconds() > 0.03 && sound.seconds() < 0.04; };
    const auto tone = [](const Sound& sound) { return sound.seconds() > 0.99 && sound.seconds() < 1.01; };
    EXPECT_GE(std::count_if(heard.begin(), heard.end(), blip), 11);
    EXPECT_EQ(std::count_if(heard.begin(), heard.end(), tone), 12);
  }
}

}  // namespace
}  // namespace refwave::test
