// The longest duration of each span, however long the run is.
#include "bench/latency/report/measurement.h"

#include <gmock/gmock.h>

namespace refwave::latency {
namespace {

using testing::ElementsAre;

TEST(Over_time, Keeps_the_largest_of_each_span) {
  OverTime over_time(10);
  over_time.add(0, 5);
  over_time.add(9, 7);
  over_time.add(3, 6);
  over_time.add(25, 1);
  EXPECT_THAT(over_time.spans(), ElementsAre(7, 0, 1));
}

TEST(Over_time, A_longer_run_makes_the_spans_wider_and_loses_no_peak) {
  OverTime over_time(1);
  over_time.add(3, 100);
  over_time.add(OverTime::kSpans - 1, 50);
  over_time.add(static_cast<std::int64_t>(5 * OverTime::kSpans), 70);
  EXPECT_EQ(over_time.span_ns(), 8);
  EXPECT_LE(over_time.spans().size(), OverTime::kSpans);
  EXPECT_EQ(over_time.spans()[0], 100U);
  EXPECT_EQ(over_time.spans()[(OverTime::kSpans - 1) / 8], 50U);
  EXPECT_EQ(over_time.spans().back(), 70U);
}

TEST(Over_time, A_time_before_the_beginning_counts_as_the_beginning) {
  OverTime over_time(10);
  over_time.add(-1000, 4);
  EXPECT_THAT(over_time.spans(), ElementsAre(4));
}

}  // namespace
}  // namespace refwave::latency
