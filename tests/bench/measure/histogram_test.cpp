// The histogram against the sorted samples themselves.
#include "bench/measure/histogram.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace refwave::measure {
namespace {

/// Returns: durations from nanoseconds to seconds, every factor of ten as likely as the next.
std::vector<std::uint64_t> random_durations(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(0, 9.9);
  std::vector<std::uint64_t> durations(count);
  for (std::uint64_t& ns : durations) ns = static_cast<std::uint64_t>(std::pow(10, exponent(random)));
  return durations;
}

Histogram histogram_of(const std::vector<std::uint64_t>& durations) {
  Histogram histogram;
  for (const std::uint64_t ns : durations) histogram.record(ns);
  return histogram;
}

TEST(Histogram, Percentiles_are_those_of_the_sorted_samples_to_a_thousandth) {
  for (const std::size_t count : {1, 2, 3, 99, 100, 1000, 12'345}) {
    std::vector<std::uint64_t> durations = random_durations(count, static_cast<unsigned>(count));
    const Histogram histogram = histogram_of(durations);
    std::ranges::sort(durations);
    for (const double share : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(count)));
      const std::uint64_t exact = durations[std::max<std::size_t>(rank, 1) - 1];
      const std::uint64_t found = histogram.percentile(share);
      EXPECT_GE(found, exact) << share << " of " << count;
      EXPECT_LE(static_cast<double>(found), static_cast<double>(exact) * 1.001) << share << " of " << count;
    }
  }
}

TEST(Histogram, Steps_hold_every_sample_once_and_follow_each_other) {
  const std::vector<std::uint64_t> durations = random_durations(5000, 3);
  const Histogram histogram = histogram_of(durations);
  std::uint64_t count = 0;
  std::uint64_t end = 0;
  for (const Histogram::Step& step : histogram.steps()) {
    EXPECT_GE(step.from, end);
    EXPECT_GE(step.to, step.from);
    EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count_if(
                  durations, [&](std::uint64_t ns) { return step.from <= ns && ns <= step.to; })),
              step.count);
    count += step.count;
    end = step.to + 1;
  }
  EXPECT_EQ(count, durations.size());
}

TEST(Histogram, Merging_is_recording_both) {
  const std::vector<std::uint64_t> first = random_durations(700, 1);
  const std::vector<std::uint64_t> second = random_durations(900, 2);
  Histogram merged = histogram_of(first);
  merged.merge(histogram_of(second));
  std::vector<std::uint64_t> all = first;
  all.insert(all.end(), second.begin(), second.end());
  const Histogram both = histogram_of(all);
  EXPECT_EQ(merged.count(), both.count());
  EXPECT_EQ(merged.min(), both.min());
  EXPECT_EQ(merged.max(), both.max());
  EXPECT_NEAR(merged.mean(), both.mean(), 1e-3);
  for (const double share : {0.1, 0.5, 0.9, 0.99})
    EXPECT_EQ(merged.percentile(share), both.percentile(share));
}

TEST(Histogram, Durations_beyond_its_steps_are_counted_and_the_longest_is_exact) {
  Histogram histogram(1000);
  histogram.record(10);
  histogram.record(5'000'000);
  histogram.record(7'000'000);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.max(), 7'000'000U);
  EXPECT_EQ(histogram.percentile(1), 7'000'000U);
  EXPECT_EQ(histogram.percentile(0.3), 10U);
}

}  // namespace
}  // namespace refwave::measure
