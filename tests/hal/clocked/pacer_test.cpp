#include <gtest/gtest.h>

#include "hal/clocked/pacer.h"

namespace refwave::hal {
namespace {

constexpr double kPeriodNs = 10e6;
constexpr std::int64_t kStartNs = 1'000'000'000;

TEST(ClockedPacer, Periods_are_due_on_a_grid_that_does_not_drift_with_lateness) {
  Pacer pacer(kPeriodNs, 1.0, kStartNs);

  EXPECT_EQ(pacer.begin(kStartNs).lateness_ns, 0);
  EXPECT_EQ(pacer.due_ns(), kStartNs + 10'000'000);
  EXPECT_EQ(pacer.begin(kStartNs + 13'000'000).lateness_ns, 3'000'000);
  EXPECT_EQ(pacer.due_ns(), kStartNs + 20'000'000);
}

TEST(ClockedPacer, Periods_that_are_no_whole_nanoseconds_keep_the_rate) {
  Pacer pacer(1e9 * 441 / 44'099, 1.0, 0);
  for (int i = 0; i < 44'099; ++i) pacer.begin(pacer.due_ns());
  EXPECT_NEAR(static_cast<double>(pacer.due_ns()), 441e9, 1.0);
}

TEST(ClockedPacer, Four_periods_late_are_caught_up_with) {
  Pacer pacer(kPeriodNs, 1.0, kStartNs);
  const Beat beat = pacer.begin(kStartNs + 40'000'000);
  EXPECT_FALSE(beat.reanchored);
  EXPECT_EQ(pacer.due_ns(), kStartNs + 10'000'000);
}

TEST(ClockedPacer, More_than_four_periods_late_starts_the_schedule_anew_and_says_so_once) {
  Pacer pacer(kPeriodNs, 1.0, kStartNs);

  const Beat beat = pacer.begin(kStartNs + 40'000'001);
  EXPECT_TRUE(beat.reanchored);
  EXPECT_EQ(beat.lateness_ns, 40'000'001);
  EXPECT_EQ(pacer.due_ns(), kStartNs + 50'000'001);

  const Beat next = pacer.begin(pacer.due_ns());
  EXPECT_FALSE(next.reanchored);
  EXPECT_EQ(next.lateness_ns, 0);
}

TEST(ClockedPacer, Faster_than_real_time_is_never_late_and_never_rushes_to_catch_up) {
  Pacer pacer(kPeriodNs, 100.0, kStartNs);

  const Beat beat = pacer.begin(kStartNs + 1'000'000'000);
  EXPECT_EQ(beat.lateness_ns, 0);
  EXPECT_FALSE(beat.reanchored);
  EXPECT_EQ(pacer.due_ns(), kStartNs + 1'000'100'000);
}

}  // namespace
}  // namespace refwave::hal
