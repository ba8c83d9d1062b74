// The lateness of reports that a stream gives, seen from outside.
#include <gmock/gmock.h>

#include <random>

#include "bench/measure/measurement.h"

namespace refwave::measure {
namespace {

TEST(Lateness, Of_one_report_moves_nothing_else) {
  EXPECT_THAT(lateness_ns(std::vector<std::int64_t>{0, 100, 290, 300, 400, 530, 600}),
              testing::ElementsAre(0, 0, 90, 0, 0, 30, 0));
}

TEST(Lateness, Is_no_drift_of_the_clock) {
  std::mt19937 random(5);
  std::exponential_distribution<double> late(1.0 / 30'000);
  std::vector<std::int64_t> reports;
  std::vector<double> truth;
  for (int i = 0; i < 1000; ++i) {
    truth.push_back(i % 7 == 0 ? 0 : late(random));
    reports.push_back(static_cast<std::int64_t>(1e12 + i * 1.0003e7 + truth.back()));
  }
  const std::vector<std::uint64_t> found = lateness_ns(reports);
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(static_cast<double>(found[i]), truth[i], 20) << "block " << i;
}

}  // namespace
}  // namespace refwave::measure
