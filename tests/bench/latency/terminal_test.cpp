// The table and the bars, as lines of text.
#include "bench/latency/report/report.h"

#include <gmock/gmock.h>

#include <sstream>

#include "inf/cli/console/text.h"
#include "tests/bench/latency/measurements.h"

namespace refwave::latency {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bench::Histogram histogram_of(const std::vector<std::uint64_t>& durations) {
  bench::Histogram histogram;
  for (const std::uint64_t ns : durations) histogram.record(ns);
  return histogram;
}

TEST(Bar_chart, Has_a_line_for_every_span_and_the_count_of_each) {
  bench::Histogram histogram = histogram_of({1024, 1500, 5000});
  histogram.record(2100, 97);
  const Bars bars[] = {{"title", &histogram}};
  const auto lines = lines_of(bar_chart(bars, {.columns = 60, .has_unicode = false}));
  ASSERT_GE(lines.size(), 4U);
  EXPECT_THAT(lines[0], HasSubstr("title"));
  EXPECT_THAT(lines[1], AllOf(HasSubstr("1.02 us |"), HasSubstr("# "), testing::EndsWith(" 1")));
  EXPECT_THAT(bar_chart(bars, {.columns = 60, .has_unicode = false}), HasSubstr(" 97\n"));
}

TEST(Bar_chart, The_most_frequent_span_has_the_whole_width_and_the_rarest_something) {
  bench::Histogram histogram = histogram_of({100'000});
  histogram.record(1000, 1'000'000);
  const Bars bars[] = {{"a", &histogram}};
  const std::string plain = bar_chart(bars, {.columns = 80, .has_unicode = false});
  EXPECT_THAT(plain, HasSubstr("#### 1000000\n"));
  EXPECT_THAT(lines_of(plain).back(), AllOf(HasSubstr("|#  "), testing::EndsWith(" 1")));
  EXPECT_THAT(bar_chart(bars, {.columns = 80, .has_unicode = true}),
              AllOf(HasSubstr("██ 1000000"), HasSubstr("│▏ ")));
}

TEST(Bar_chart, No_line_is_wider_than_the_terminal) {
  const Measurement m = outside_measurement();
  for (const std::size_t columns : {40, 60, 80, 132, 200}) {
    for (const bool has_unicode : {false, true}) {
      for (const std::string& line : lines_of(as_text(m, {columns, has_unicode})))
        EXPECT_LE(cli::letters_of(line), columns) << line;
    }
  }
}

TEST(Bar_chart, Works_with_one_duration_and_with_none) {
  const bench::Histogram same = histogram_of({0, 0, 0});
  const bench::Histogram none;
  const Bars bars[] = {{"a", &same}, {"b", &none}};
  EXPECT_EQ(lines_of(bar_chart(bars, {})).size(), 2U);
  const Bars empty[] = {{"b", &none}};
  EXPECT_EQ(bar_chart(empty, {}), "");
}

TEST(Text, Names_everything_that_was_measured) {
  const std::string text = as_text(usual_measurement(), {});
  EXPECT_THAT(text,
              AllOf(HasSubstr("1 stream of 480-frame blocks (10.0 ms), periods of 480 frames at 48000 Hz"),
                    HasSubstr("deferred, park, consumed"), HasSubstr("p99.9"), HasSubstr("bare wake"),
                    HasSubstr("  notifier"), HasSubstr("ratio from wake"),
                    HasSubstr("corrected for coordinated omission: nothing was omitted")));
}

TEST(Text, Names_the_correction_and_the_uncorrected_figures) {
  Measurement m = usual_measurement();
  m.subjects.front().series.omitted.record(90'000'000, 30);
  const std::string text = as_text(m, {});
  EXPECT_THAT(text,
              AllOf(HasSubstr("30 blocks were not played in time"), HasSubstr("uncorrected: p99 119 µs")));
  EXPECT_THAT(text, HasSubstr("1030"));
  Measurement few = usual_measurement();
  few.subjects.front().series.omitted.record(90'000'000, 1);
  EXPECT_THAT(as_text(few, {}), HasSubstr("1 block was not played in time"));
}

TEST(Text, Is_plain_where_the_terminal_is) {
  EXPECT_TRUE(is_ascii(as_text(usual_measurement(), {.columns = 80, .has_unicode = false})));
  EXPECT_FALSE(is_ascii(as_text(usual_measurement(), {.columns = 80, .has_unicode = true})));
}

TEST(Text, Without_a_wake_the_ratio_is_that_of_the_whole) {
  Measurement m = usual_measurement();
  m.pieces.emplace();
  m.pieces->add({500, 500, 0, 0, 400});
  EXPECT_THAT(as_text(m, {}), AllOf(HasSubstr("ratio  "), Not(HasSubstr("from wake"))));
}

TEST(Text, From_outside_the_two_drivers_are_compared) {
  const std::string text = as_text(outside_measurement(), {});
  EXPECT_THAT(text, AllOf(HasSubstr("ratio to refwave"), HasSubstr("99.5 % of real time"),
                          HasSubstr("reports in bursts: 3; ran dry: 1"),
                          HasSubstr("share is not seen from outside")));
}

TEST(Pieces, The_slowest_share_is_that_of_the_longest_latencies) {
  Pieces pieces;
  for (int i = 0; i < 99; ++i) pieces.add({10, 10, 10, 10, 10});
  pieces.add({10, 10, 1000, 10, 10});
  const auto slow = mean_of_slowest(pieces, 0.01);
  EXPECT_DOUBLE_EQ(slow[2], 1000);
  EXPECT_NEAR(mean_of_slowest(pieces, 1)[2], 19.9, 1e-9);
  EXPECT_EQ(pieces.from_wake.max(), 1020U);
}

}  // namespace
}  // namespace refwave::latency
