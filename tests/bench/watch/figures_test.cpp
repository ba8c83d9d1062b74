// What a watcher makes of readings that the tests write themselves: figures of a time, causes, conclusions.
#include <gmock/gmock.h>

#include <sstream>

#include "bench/watch/watch.h"
#include "driver/core/handover/latency_histogram.h"
#include "inf/cli/console/text.h"
#include "tests/bench/watch/made_up.h"

namespace refwave::watching {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string conclusion_of(const Process& process) { return conclusion(followed({process})); }

TEST(Watch_conclusion, Says_what_to_change_in_one_sentence) {
  Process process = made_up(1);
  EXPECT_EQ(conclusion_of(process), "no click");
  for (int i = 0; i < 11; ++i) add(process, i * 100 * kMs, 3 * kMs);
  add(process, 2000 * kMs, 8 * kMs);
  EXPECT_EQ(
      conclusion_of(process),
      "12 clicks, all because the program wrote late, by up to 8.00 ms: give it more or longer buffers");
}

TEST(Watch_conclusion, Of_one_click_has_no_all) {
  Process process = made_up(1);
  add(process, kMs, 8 * kMs);
  EXPECT_THAT(conclusion_of(process), StartsWith("1 click, because the program wrote late, by 8.00 ms: "));
  process.devices[0].direction = 1;
  EXPECT_THAT(conclusion_of(process),
              StartsWith("1 click, because the program gave buffers late, by 8.00 ms"));
  process.gaps[0].writer = core::Gap::Writer::callback;
  EXPECT_THAT(conclusion_of(process),
              StartsWith("1 click, because the program's callback took 8.00 ms: let it compute"));
}

TEST(Watch_conclusion, Divides_clicks_among_their_causes) {
  Process process = made_up(1);
  add(process, 1000 * kMs, 8 * kMs);
  add(process, 2000 * kMs, 4 * kMs);
  add(process, 3000 * kMs, 5 * kMs).notifier_ns = 6 * kMs;
  add_late_device(process, 4000 * kMs, 60 * kMs);
  process.devices[0].losses = 1;
  EXPECT_THAT(conclusion_of(process),
              AllOf(StartsWith("5 clicks: 2 because the program wrote late, by up to 8.00 ms: give it more"),
                    HasSubstr("; 1 because the machine ran the driver's threads late, by 6.00 ms: "),
                    HasSubstr("; 1 because the device called late, by 60.0 ms: "),
                    HasSubstr("; 1 because the device was lost: see that it is there")));
}

TEST(Watch_follower, Has_a_click_for_losses_and_for_sound_that_cannot_have_been_played) {
  using D = Device;
  for (const auto& [count, cause, clicks] : {std::tuple(&D::losses, Cause::device_lost, 2U),
                                             std::tuple(&D::dropped_ns, Cause::device_drops, 1U)}) {
    Process process = made_up(1);
    process.devices[0].*count = 2;
    const Followed one = followed({process})[0];
    ASSERT_EQ(one.clicks.size(), 1U);
    EXPECT_EQ(one.clicks[0].cause, cause);
    EXPECT_EQ(one.clicks[0].count, clicks);
    EXPECT_EQ(one.clicks[0].stream, 0U) << "all of the device's";
  }
}

TEST(Watch_follower, Finds_the_same_clicks_as_one_who_has_all_gaps) {
  for (const int between_ms : {20, 33, 40, 60}) {
    Process process = made_up(1);
    std::vector<Followed> all;
    std::vector<core::Gap> gaps;
    for (int ms = between_ms; ms < 20'000; ms += between_ms) {
      gaps.push_back(add(process, ms * kMs, kMs));
      process.head.updated_ns = ms * kMs;
      follow(all, {process}, ms * kMs, Gone::keep);
    }
    settle(all, 20'000 * kMs);
    EXPECT_EQ(all[0].clicks.size(), events_of(gaps, process.devices).size()) << between_ms;
  }
}

TEST(Watch_follower, Has_the_figures_of_the_last_seconds) {
  Process process = made_up(1);
  Stream& stream = process.streams[0];
  stream.latency_max_ns = 5 * kMs;
  stream.latency[watch::kLatencySteps - 1] = 1;  // 5 ms at most: a step has an end of its own
  stream.underruns = 7;
  std::vector<Followed> all;
  for (int second = 0; second <= 7; ++second) {
    stream.latency[100] += 10;
    follow(all, {process}, second * 1000 * kMs, Gone::forget);
  }
  EXPECT_EQ(all[0].now.streams[0].latency[100], 80U);
  EXPECT_EQ(all[0].recent.front().first, 2000 * kMs);
  const Stream lately = counted_since(all[0].recent.front().second, stream);
  EXPECT_EQ(lately.underruns, 0U);
  EXPECT_EQ(lately.latency[100], 50U);
  EXPECT_EQ(lately.latency_max_ns, core::LatencyHistogram::upper_end(100));
}

TEST(Watch_follower, Has_the_clicks_of_a_stream_that_was_closed_before_it_was_read) {
  Process process = made_up(1);
  std::vector<Followed> all = followed({process});
  const std::uint64_t closed = process.streams.front().id;
  process.streams.clear();
  add(process, 10'500 * kMs, 8 * kMs, closed);
  process.head.updated_ns += 2000 * kMs;
  for (int i = 1; i < 4; ++i) follow(all, {process}, i * 100 * kMs, Gone::forget);
  follow(all, {process}, 500 * kMs, Gone::forget);
  ASSERT_EQ(all[0].clicks.size(), 1U);
  EXPECT_EQ(all[0].clicks[0].stream, closed);
}

TEST(Watch_follower, Keeps_the_sums_of_streams_that_are_too_many) {
  constexpr std::uint64_t kStreams = 15'800;
  Process process = made_up(1);
  std::vector<Followed> all;
  for (std::uint64_t i = 1; i <= kStreams; ++i) {
    Stream& stream = process.streams.front();
    stream.id = i;
    stream.opened_ns = static_cast<std::int64_t>(i);
    stream.latency[100] = 2;
    stream.underruns = 1;
    follow(all, {process}, 0, Gone::keep);
  }
  EXPECT_EQ(all[0].now.streams.size() + all[0].other_streams, kStreams);
  EXPECT_LT(all[0].now.streams.size(), 100U);
  EXPECT_EQ(all[0].now.streams.back().id, kStreams) << "the newest";
  const std::string text = table(all, 80);
  EXPECT_LT(std::ranges::count(text, '\n'), 60);
  EXPECT_THAT(text, HasSubstr("other streams: 15788\n"));
  measure::Measurement m;
  m.subjects = {measure::Series(""), measure::Series("bare wake")};
  add(m, all);
  EXPECT_EQ(m.settings.streams, kStreams);
  EXPECT_EQ(m.subjects[0].measured.count(), 2 * kStreams);
}

TEST(Watch_follower, Reports_a_record_that_ended_before_its_program) {
  Process process = made_up(1);
  std::vector<Followed> all = followed({process});
  follow(all, {}, 500 * kMs, Gone::keep);
  settle(all, 900 * kMs);
  EXPECT_EQ(conclusion(all), "no click") << "the program has ended with it";
  settle(all, 2000 * kMs);
  EXPECT_THAT(conclusion(all), HasSubstr("; the record ended early"));
  follow(all, {process}, 1500 * kMs, Gone::keep);
  settle(all, 2000 * kMs);
  EXPECT_THAT(conclusion(all), HasSubstr("; the record ended early")) << "it is there, and is not written";
  process.devices[0].is_open = 0;
  follow(all, {process}, 1600 * kMs, Gone::keep);
  settle(all, 3000 * kMs);
  EXPECT_EQ(conclusion(all), "no click") << "without a device nothing is written";
}

TEST(Watch_table, Fits_any_terminal_and_shows_no_control_characters) {
  Process process = made_up(1);
  std::strcpy(process.head.program, "evil\033[2J");
  std::strcpy(process.devices[0].name, "speaker\r\n");
  for (int i = 0; i < 12; ++i) add(process, i * 100 * kMs, 8 * kMs);
  process.streams[0].underruns = 12;
  process.streams[0].blocks = 312;  // under completion = direct one in eight is timed
  process.streams[0].latency[100] = 39;
  const std::string text =
      table(followed({process, {.number = 9, .problem = "its record is cut short"}}), 80);
  EXPECT_THAT(text,
              AllOf(HasSubstr("evil\\x1b[2J 1 (64 bits)"), Not(HasSubstr("\033")), Not(HasSubstr("\r")),
                    HasSubstr("plays on \"speaker\\r\\n\", 48000 Hz, period 10.0 ms, latency 20.0 ms;"),
                    HasSubstr("\n  44100 Hz, 2 channels, s16; 4 headers, 40.0 ms; underruns 12, lately 0;\n"
                              "    latencies of 39 of 312 blocks\n"),
                    HasSubstr("12 clicks, all because the program"),
                    HasSubstr("process 9: its record is cut short\n")));
  for (const std::size_t columns : {80U, 40U, 20U}) {
    std::istringstream lines(table(followed({process}), columns));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(cli::letters_of(line), columns) << line;
  }
}

TEST(Watch_table, Says_that_no_device_is_open_and_not_that_the_process_stands_still) {
  Process process = made_up(1);
  std::vector<Followed> all;
  for (int second = 0; second < 4; ++second) follow(all, {process}, (10 + second) * 1000 * kMs, Gone::forget);
  EXPECT_THAT(table(all, 80), HasSubstr("; stands still\n"));
  process.head.updated_ns -= 100'000'000'000;  // a clock of its own, in a time namespace
  follow(all, {process}, 14'000 * kMs, Gone::forget);
  EXPECT_THAT(table(all, 80), Not(HasSubstr("stands still")));
  process.devices[0].is_open = 0;
  follow(all, {process}, 15'000 * kMs, Gone::forget);
  EXPECT_THAT(table(all, 80), AllOf(HasSubstr("; no device open\n"), Not(HasSubstr("stands still"))));
}

TEST(Watch_measurement, Is_all_streams_together_by_the_drivers_own_counts) {
  Process process = made_up(1);
  process.streams.push_back(process.streams[0]);
  process.streams[1].id = 78;
  for (Stream& stream : process.streams) {
    stream.latency[100] = 99;
    stream.latency[200] = 1;
    stream.latency_max_ns = core::LatencyHistogram::upper_end(200) - 5;
  }
  process.devices[0].losses = 1;
  measure::Measurement m;
  m.subjects = {measure::Series(""), measure::Series("bare wake")};
  add(m, followed({process}));
  const measure::Histogram& all = m.subjects[0].measured;
  EXPECT_EQ(m.settings.streams, 2U);
  EXPECT_EQ(all.count(), 200U);
  for (const double share : {0.5, 0.99})
    EXPECT_EQ(all.percentile(share), core::LatencyHistogram::upper_end(100)) << share;
  EXPECT_EQ(all.percentile(1), process.streams[0].latency_max_ns);
  EXPECT_THAT(as_text(m, 80), AllOf(HasSubstr("2 streams of 441-frame blocks (10.0 ms), periods of 480"),
                                    HasSubstr("1 click, because the device was lost"),
                                    Not(HasSubstr("omission")), Not(HasSubstr(", , "))));
  EXPECT_EQ(report_of(m)["measure"], "finished to callback, watched");
}

}  // namespace
}  // namespace refwave::watching
