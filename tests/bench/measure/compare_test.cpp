// The gate against regressions finds a slower driver, and is not fooled by noise or a slower machine.
#include <gmock/gmock.h>

#include <stdexcept>

#include "bench/measure/comparison.h"
#include "bench/measure/report.h"
#include "inf/cli/console/text.h"
#include "tests/bench/measure/measurements.h"

namespace refwave::measure {
namespace {

using testing::HasSubstr;

/// Returns: a report in which every duration of the driver and of its baseline is so many times the usual.
Baselined report(double driver, double baseline, int count = 10'000) {
  Baselined made{.name = "a.json", .measure = "finished to callback"};
  for (int i = 0; i < count; ++i) {
    const int step = 100 * i / count;
    made.driver.record(static_cast<std::uint64_t>(driver * (10'000 + 100 * step)));
    made.baseline.record(static_cast<std::uint64_t>(baseline * (8'000 + 80 * step)));
  }
  return made;
}

TEST(Comparison, Finds_a_driver_that_has_become_slower) {
  EXPECT_TRUE(compare(report(1, 1), report(1.3, 1), 0.1).is_worse());
  EXPECT_FALSE(compare(report(1, 1), report(1.3, 1), 0.4).is_worse());
  EXPECT_FALSE(compare(report(1.3, 1), report(1, 1), 0.1).is_worse());
  EXPECT_THAT(as_text(compare(report(1.3, 1), report(1, 1), 0.1), 80), HasSubstr("better"));
}

TEST(Comparison, A_slower_machine_is_no_slower_driver) {
  EXPECT_FALSE(compare(report(1, 1), report(2, 2), 0.1).is_worse());
  EXPECT_TRUE(compare(report(1, 1), report(1, 0.5), 0.1).is_worse())
      << "the machine is faster, the driver is not";
}

/// Though it is faster.
TEST(Comparison, Finds_a_driver_that_drops_out_more_often) {
  for (const auto& [before, after, is_worse] :
       {std::tuple(0U, 8U, true), {0U, 2U, false}, {8U, 8U, false}, {8U, 0U, false}, {100U, 140U, true}}) {
    Baselined a = report(1, 1), b = report(0.2, 1);
    for (Baselined* one : {&a, &b}) one->whole = one->driver;
    a.dropouts = {{"underruns", before}};
    b.dropouts = {{"underruns", after}};
    const Comparison comparison = compare(a, b, 0.1);
    EXPECT_EQ(comparison.is_worse(), is_worse) << before << ' ' << after;
    EXPECT_THAT(as_text(comparison, 80), testing::ContainsRegex("underruns +" + std::to_string(before) +
                                                                " +" + std::to_string(after) + "\n"));
  }
}

TEST(Comparison, Says_what_was_compared_and_refuses_other_settings) {
  Measurement m = usual_measurement();
  const Baselined before = read_report("a.json", as_json(m));
  m.began = "2027-01-02 03:04:05 UTC";
  m.settings.wake = "spin";
  m.others_percent = 80;
  const std::string text = as_text(compare(before, read_report("a.json", as_json(m)), 0.1), 80);
  EXPECT_THAT(text,
              testing::AllOf(HasSubstr("A: a.json, 2026-01-02 03:04:05 UTC, for 10.0 s"),
                             HasSubstr("B: a.json, 2027-"), HasSubstr("warning: the machine of B was busy"),
                             HasSubstr("not measured in the same way: wake park and spin"),
                             testing::ContainsRegex("\np99 +119 µs +119 µs\np99.9 +. +.")));
  m.settings.period_frames = 240;
  EXPECT_THROW(compare(before, read_report("a.json", as_json(m)), 0.1), std::runtime_error);
}

TEST(Comparison, A_difference_within_the_noise_does_not_count) {
  EXPECT_TRUE(compare(report(1, 1, 100'000), report(1.12, 1, 100'000), 0.1).is_worse());
  EXPECT_FALSE(compare(report(1, 1, 100), report(1.12, 1, 100), 0.1).is_worse());
}

TEST(Comparison, A_percentile_with_too_few_samples_is_not_compared) {
  const Comparison few = compare(report(1, 1, 10'000), report(1, 1, 100), 0.1);
  EXPECT_TRUE(few.rows[2].after.has_value());
  EXPECT_FALSE(compare(report(1, 1), report(1, 1, 50), 0.1).rows[2].after.has_value());
  EXPECT_THROW(compare(report(1, 1), report(1, 1, 1), 0.1), std::runtime_error);
}

TEST(Comparison, Refuses_files_that_are_no_reports_and_survives_deep_nesting) {
  const std::string histogram = R"([{"histogram": [[1, 2, -3]]}, {"histogram": []}])";
  for (const std::string& wrong :
       {std::string(), std::string("{"), std::string("[1] 2"), std::string("\"open"), std::string("{}"),
        std::string(R"({"measured": 1})"), std::string(R"({"measured": []})"), std::string(100'000, '['),
        std::string(R"({"measure": "x", "measured": [{"histogram": [[1, 1e999, 3]]}, {}]})"),
        std::string(R"({"measure": "x", "measured": )") + histogram + "}"})
    EXPECT_THROW(read_report("a.json", wrong), std::runtime_error) << wrong.substr(0, 80);
}

}  // namespace
}  // namespace refwave::measure
