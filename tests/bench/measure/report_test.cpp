// A measurement as a table, a page and JSON, and the gate against regressions: it finds a slower driver, and
// is not fooled by noise or a slower machine.
#include "bench/measure/report.h"

#include <gmock/gmock.h>

#include <random>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "bench/measure/comparison.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Series subject(const char* name, std::uint64_t unit_ns) {
  Series made(name);
  for (std::int64_t i = 0; i < 1000; ++i)
    made.add({i * 10'000'000, unit_ns * static_cast<std::uint64_t>(20 + i % 101), 0});
  return made;
}

Measurement measurement() {
  Measurement m;
  m.began = "2026-01-02 03:04:05 UTC";
  m.version = "1.2.3";
  m.seconds = 10;
  m.machine = {"Linux 6.1", "A <quick> processor", 2};
  m.settings = {.device = "\"Speakers & more\"",
                .streams = 1,
                .buffers = 4,
                .block_frames = 480,
                .rate = 48'000,
                .period_frames = 480,
                .device_rate = 48'000,
                .completion = "deferred",
                .wake = "park",
                .done = "consumed",
                .priority = "ordinary"};
  return m;
}

/// Returns: a measurement with pieces, counters and a thousand blocks of 20 to 120 µs; its bare wakes are
/// half as long.
Measurement usual_measurement() {
  Measurement m = measurement();
  m.subjects.push_back(subject("refwave", 1000));
  m.subjects.push_back(subject("bare wake", 500));
  m.pieces.emplace();
  for (const Sample& sample : m.subjects.front().samples)
    m.pieces->add({500, 500, static_cast<std::int64_t>(sample.ns) - 2000, 600, 400});
  m.counters = REFWAVE_STATISTICS{};
  m.counters->ullUnderruns = 1;
  return m;
}

Measurement outside_measurement() {
  Measurement m = measurement();
  for (const char* name : {"other<b>.drv", "refwave", "bare timer"})
    m.subjects.push_back(subject(name, 1000));
  m.subjects[0].outside = {.real_time_percent = 99.5, .bursts = 3, .ran_dry = 1};
  m.subjects[1].outside = {.real_time_percent = 100, .bursts = 0, .ran_dry = 0};
  return m;
}

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

TEST(Text, No_line_is_wider_than_the_terminal) {
  for (const std::size_t columns : {40U, 60U, 80U, 132U}) {
    std::istringstream text(as_text(outside_measurement(), columns));
    for (std::string line; std::getline(text, line);) EXPECT_LE(cli::letters_of(line), columns) << line;
  }
}

TEST(Text, Without_a_wake_the_ratio_is_that_of_the_whole) {
  Measurement m = usual_measurement();
  m.pieces.emplace();
  m.pieces->add({500, 500, 0, 0, 400});
  EXPECT_THAT(as_text(m, 80), AllOf(HasSubstr("ratio  "), Not(HasSubstr("from wake"))));
}

TEST(So_far, Is_short_and_has_dashes_where_the_count_is_small) {
  Histogram histogram;
  for (int i = 0; i < 50; ++i) histogram.record(24'100);
  EXPECT_EQ(so_far(histogram), "p50 24.1 µs, p99 -, max 24.1 µs");
}

TEST(Text, From_outside_the_two_drivers_are_compared) {
  const std::string text = as_text(outside_measurement(), 80);
  EXPECT_THAT(text, AllOf(HasSubstr("ratio to refwave"), HasSubstr("99.5 % of real time"),
                          HasSubstr("reports in bursts: 3; ran dry: 1"),
                          HasSubstr("share is not seen from outside")));
}

/// Returns: the first tag that is closed in the wrong place or never; empty if the page is well-formed.
std::string wrong_tag(std::string_view page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at + 1)) {
    const std::size_t end = page.find_first_of("> \n/", at + 2);
    const std::size_t close = page.find('>', at);
    if (end == std::string_view::npos || close == std::string_view::npos) return "unfinished";
    const bool closes = page[at + 1] == '/';
    const std::string name(page.substr(at + (closes ? 2 : 1), end - at - (closes ? 2 : 1)));
    if (name == "!doctype" || name == "meta" || page[close - 1] == '/') continue;
    if (!closes) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return name;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(Page, Names_are_no_markup) {
  EXPECT_THAT(as_page(usual_measurement()),
              AllOf(HasSubstr("A &lt;quick&gt; processor"), Not(HasSubstr("<quick>")),
                    HasSubstr("&quot;Speakers &amp; more&quot;")));
  EXPECT_THAT(as_page(outside_measurement()), AllOf(HasSubstr("other&lt;b&gt;.drv"), Not(HasSubstr("<b>."))));
}

TEST(Page, Needs_nothing_but_itself) {
  for (const Measurement& m : {usual_measurement(), outside_measurement()}) {
    EXPECT_THAT(as_page(m),
                AllOf(Not(HasSubstr("http")), Not(HasSubstr("src=")), Not(HasSubstr("<script")),
                      Not(HasSubstr("<link")), Not(HasSubstr("url(")), Not(HasSubstr("@import"))));
  }
}

TEST(Page, Of_two_reports_has_both_in_one_picture) {
  const std::string report = as_json(usual_measurement());
  const std::string page =
      as_page(compare(read_report("a<b>.json", report), read_report("c.json", report), 0.1));
  EXPECT_EQ(wrong_tag(page), "");
  EXPECT_THAT(page, AllOf(HasSubstr("A: a&lt;b&gt;.json"), HasSubstr("B: c.json"), HasSubstr("area s1"),
                          HasSubstr("2026-01-02 03:04:05 UTC"), HasSubstr("\np99.9 ")));
}

TEST(Page, Every_tag_is_closed_where_it_should_be) {
  EXPECT_EQ(wrong_tag(as_page(usual_measurement())), "");
  EXPECT_EQ(wrong_tag(as_page(outside_measurement())), "");
}

TEST(Page, Every_place_in_a_plot_is_a_number) {
  Measurement m = usual_measurement();
  m.subjects.back() = Series("bare wake");  // none happened
  EXPECT_THAT(as_page(m), AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
}

TEST(Page, Has_round_numbers_on_its_axes) {
  const std::string page = as_page(usual_measurement());  // of 10 to 120 µs
  for (const char* label : {"\">10 µs<", "\">50 µs<", "\">100 µs<", "\">0 %<", "minor\">2 %<", "\">12 %<"})
    EXPECT_THAT(page, HasSubstr(label));
}

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
