#include "driver/core/handover/latency_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <vector>

namespace refwave::core {
namespace {

std::vector<std::uint64_t> spread_over_all_magnitudes(std::size_t count) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> magnitude(0, 39.9);
  std::vector<std::uint64_t> values(count);
  for (auto& value : values) value = static_cast<std::uint64_t>(std::exp2(magnitude(random)));
  return values;
}

TEST(LatencyHistogram, Every_percentile_is_within_a_sixteenth_of_the_exact_one) {
  LatencyHistogram histogram;
  std::vector<std::uint64_t> values = spread_over_all_magnitudes(50'000);
  for (const auto value : values) histogram.record(static_cast<std::int64_t>(value));
  std::sort(values.begin(), values.end());

  for (int i = 0; i <= 1'000; ++i) {
    const double share = i / 1'000.0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    const std::uint64_t exact = values[std::max<std::size_t>(rank, 1) - 1];
    const std::uint64_t notified = histogram.percentile(share);
    EXPECT_GE(notified, exact) << share;
    EXPECT_LE(notified, exact + exact / 16) << share;
  }
  EXPECT_EQ(histogram.percentile(1), values.back());
  EXPECT_EQ(histogram.total(), values.size());
}

TEST(LatencyHistogram, Merging_two_is_recording_into_one) {
  const std::vector<std::uint64_t> values = spread_over_all_magnitudes(10'000);
  auto whole = std::make_unique<LatencyHistogram>();
  auto even = std::make_unique<LatencyHistogram>();
  auto odd = std::make_unique<LatencyHistogram>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    whole->record(static_cast<std::int64_t>(values[i]));
    (i % 2 == 0 ? even : odd)->record(static_cast<std::int64_t>(values[i]));
  }
  even->merge(*odd);
  EXPECT_EQ(even->total(), whole->total());
  EXPECT_EQ(even->max_ns(), whole->max_ns());
  for (int i = 0; i <= 100; ++i) EXPECT_EQ(even->percentile(i / 100.0), whole->percentile(i / 100.0));
}

}  // namespace
}  // namespace refwave::core
