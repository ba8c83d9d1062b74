// Which blocks coordinated omission has left out.
#include "bench/latency/report/timeline.h"

#include <gtest/gtest.h>

#include "bench/trace/histogram.h"

namespace refwave::latency {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr Pace kTenMs{10 * kMs, 10 * kMs};

TEST(Omission, A_stream_that_did_not_run_dry_has_omitted_nothing) {
  bench::Histogram omitted;
  EXPECT_EQ(record_omitted(omitted, kTenMs, 10 * kMs, 35 * kMs), 0U);
  EXPECT_EQ(omitted.count(), 0U);
}

TEST(Omission, After_a_late_report_a_dry_stream_adds_the_waits_of_its_missing_blocks) {
  bench::Histogram omitted;
  EXPECT_EQ(record_omitted(omitted, kTenMs, 40 * kMs, 35 * kMs), 3U);
  EXPECT_EQ(omitted.max(), 25U * kMs);
  EXPECT_EQ(omitted.min(), 5U * kMs);
  EXPECT_NEAR(omitted.mean(), 15.0 * kMs, 1);
}

TEST(Omission, No_more_blocks_are_added_than_fit_into_the_gap) {
  bench::Histogram omitted;
  EXPECT_EQ(record_omitted(omitted, kTenMs, 20 * kMs, 95 * kMs), 1U);
  EXPECT_EQ(omitted.max(), 85U * kMs);
}

TEST(Omission, A_gap_after_a_punctual_report_adds_nothing) {
  bench::Histogram omitted;
  EXPECT_EQ(record_omitted(omitted, kTenMs, 500 * kMs, kMs / 10), 0U);
}

TEST(Omission, Ends_that_jitter_are_no_gaps) {
  bench::Histogram omitted;
  EXPECT_EQ(record_omitted(omitted, kTenMs, 14 * kMs, 35 * kMs), 0U);
  EXPECT_EQ(record_omitted(omitted, kTenMs, 19 * kMs, 35 * kMs), 1U);
}

TEST(Omission, Blocks_that_are_no_whole_number_of_periods_end_with_the_next_one) {
  constexpr Pace kShort{2 * kMs, 9 * kMs};  // four or five blocks a period, together
  bench::Histogram omitted;
  EXPECT_EQ(record_omitted(omitted, kShort, 0, 5 * kMs), 0U);
  EXPECT_EQ(record_omitted(omitted, kShort, 9 * kMs, 5 * kMs), 0U);
  constexpr Pace kLong{10 * kMs, 9 * kMs};  // one period, or two
  EXPECT_EQ(record_omitted(omitted, kLong, 18 * kMs, 35 * kMs), 0U);
  EXPECT_EQ(record_omitted(omitted, kLong, 36 * kMs, 35 * kMs), 2U);
}

}  // namespace
}  // namespace refwave::latency
