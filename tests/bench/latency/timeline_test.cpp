// The line under a stream's reports, and the longest duration of each span, however long the run is.
#include "bench/latency/timeline.h"

#include <gmock/gmock.h>

#include <random>

#include "bench/measure/measurement.h"

namespace refwave::measure {
namespace {

using testing::ElementsAre;

TEST(Timeline, A_late_report_is_late_and_moves_nothing_else) {
  const std::vector<std::int64_t> reports = {0, 100, 290, 300, 400, 530, 600};
  EXPECT_THAT(lateness_ns(reports, line_under(reports)), ElementsAre(0, 0, 90, 0, 0, 30, 0));
}

TEST(Timeline, A_clock_that_drifts_is_not_lateness) {
  constexpr double kBlock = 10'000'000 * 1.0003;
  std::mt19937 random(5);
  std::exponential_distribution<double> late(1.0 / 30'000);
  std::vector<std::int64_t> reports;
  std::vector<double> truth;
  for (int i = 0; i < 1000; ++i) {
    truth.push_back(i % 7 == 0 ? 0 : late(random));
    reports.push_back(static_cast<std::int64_t>(1e12 + i * kBlock + truth.back()));
  }
  const Line line = line_under(reports);
  EXPECT_NEAR(line.block_ns, kBlock, 1);
  const std::vector<std::uint64_t> found = lateness_ns(reports, line);
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(static_cast<double>(found[i]), truth[i], 20) << "block " << i;
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

}  // namespace
}  // namespace refwave::measure
