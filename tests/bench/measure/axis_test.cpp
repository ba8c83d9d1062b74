// Places and labels on the axes.
#include "bench/measure/axis.h"

#include <gmock/gmock.h>

namespace refwave::measure {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const std::vector<Tick>& ticks) {
  std::vector<std::string> all;
  for (const Tick& tick : ticks) all.push_back(tick.text);
  return all;
}

void expect_on_the_axis_and_rising(const std::vector<Tick>& ticks) {
  double before = -1;
  for (const Tick& tick : ticks) {
    EXPECT_GT(tick.at, before) << tick.text;
    EXPECT_LE(tick.at, 1) << tick.text;
    before = tick.at;
  }
}

TEST(Axis, Factors_of_ten_are_equally_long) {
  const LogAxis axis(1'000, 1'000'000);
  EXPECT_NEAR(axis.at(10'000) - axis.at(1'000), axis.at(1'000'000) - axis.at(100'000), 1e-9);
  EXPECT_GT(axis.at(1'000), 0);
  EXPECT_LT(axis.at(1'000'000), 1);
}

TEST(Axis, Few_factors_of_ten_have_steps_between) {
  EXPECT_THAT(texts(LogAxis(12'000, 90'000).ticks()), ElementsAre("20 µs", "50 µs", "100 µs"));
  EXPECT_THAT(texts(LogAxis(500, 20'000'000).ticks()),
              ElementsAre("1 µs", "10 µs", "100 µs", "1 ms", "10 ms"));
  expect_on_the_axis_and_rising(LogAxis(12'000, 900'000).ticks());
}

TEST(Axis, Round_numbers_and_not_too_many) {
  EXPECT_THAT(texts(LinearAxis(5).ticks()), ElementsAre("0 %", "1 %", "2 %", "3 %", "4 %", "5 %"));
  EXPECT_THAT(texts(LinearAxis(0.5).ticks()),
              ElementsAre("0 %", "0.1 %", "0.2 %", "0.3 %", "0.4 %", "0.5 %"));
  for (const double most : {0.3, 1.0, 7.2, 33.0, 86'400.0}) {
    EXPECT_LE(LinearAxis(most).ticks().size(), 8U) << most;
    EXPECT_GE(LinearAxis(most).ticks().size(), 3U) << most;
  }
}

TEST(Axis, Durations_have_three_digits_and_the_unit_that_suits) {
  EXPECT_EQ(duration_text(0), "0 ns");
  EXPECT_EQ(duration_text(850), "850 ns");
  EXPECT_EQ(duration_text(1'234), "1.23 µs");
  EXPECT_EQ(duration_text(24'100), "24.1 µs");
  EXPECT_EQ(duration_text(123'456), "123 µs");
  EXPECT_EQ(duration_text(3'020'000), "3.02 ms");
  EXPECT_EQ(duration_text(1.5e9), "1.50 s");
  EXPECT_EQ(round_duration_text(50'000), "50 µs");
  EXPECT_EQ(round_duration_text(1e6), "1 ms");
}

}  // namespace
}  // namespace refwave::measure
