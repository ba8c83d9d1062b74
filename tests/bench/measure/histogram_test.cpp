// The histogram against the sorted samples themselves.
#include "bench/measure/histogram.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
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

TEST(Histogram, Durations_beyond_its_steps_are_counted_and_the_longest_is_exact) {
  Histogram histogram;
  for (const std::uint64_t ns : {10U, 3'000'000'000U, 4'000'000'000U}) histogram.record(5 * ns);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.max(), 20'000'000'000U);
  EXPECT_EQ(histogram.percentile(1), 20'000'000'000U);
  EXPECT_EQ(histogram.percentile(0.3), 50U);
}

}  // namespace
}  // namespace refwave::measure
