// What a watcher makes of readings that the tests write themselves: how gaps become events, whose fault a
// click is, the figures of a time, and the conclusion.
#include "bench/watch/watch.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <sstream>

#include "driver/core/handover/latency_histogram.h"
#include "inf/cli/console/text.h"

namespace refwave::watching {
namespace {

using core::Gap;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::int64_t kMs = 1'000'000;

/// Effects: a gap of its first stream that began at `began_at`, because the program's thread was late.
core::Gap& add(Process& process, std::int64_t began_at, std::int64_t silent_ns, std::uint64_t stream = 77) {
  ++process.head.gaps;
  return process.gaps.emplace_back(core::Gap{.began_at = began_at,
                                             .ended_at = began_at + silent_ns,
                                             .stream = stream,
                                             .written_at = began_at + silent_ns,
                                             .program_ns = silent_ns,
                                             .writer = core::Gap::Writer::thread});
}
/// Effects: a device that called late by `late_ns` and lost as much.
core::Gap& add_late_device(Process& process, std::int64_t began_at, std::int64_t late_ns) {
  ++process.head.gaps;
  return process.gaps.emplace_back(core::Gap{.kind = core::Gap::Kind::device,
                                             .began_at = began_at,
                                             .ended_at = began_at + late_ns,
                                             .late_ns = late_ns,
                                             .lost_ns = late_ns});
}

/// Returns: a process with one stream on one device.
Process made_up(std::uint32_t number) {
  Process process{.number = number};
  process.head.updated_ns = 10'000'000'000;
  process.head.pointer_bits = 64;
  std::strcpy(process.head.program, "game");
  watch::Device& device = process.devices.emplace_back();
  std::strcpy(device.name, "speaker");
  device.rate = 48'000;
  device.period_frames = 480;
  device.latency_frames = 960;
  device.is_open = 1;
  Stream& stream = process.streams.emplace_back();
  stream.id = 77;
  stream.sample_type = 1;  // s16
  stream.channels = 2;
  stream.rate = 44'100;
  stream.running = 1;
  stream.headers = 4;
  stream.header_frames = 441;
  stream.queued_frames = 4 * 441;
  return process;
}

/// Returns: what is made of the processes when they are read for the first time.
std::vector<Followed> followed(const std::vector<Process>& processes) {
  std::vector<Followed> all;
  follow(all, processes, 0, Gone::keep);
  return all;
}

/// Silence of 21 ms.
Event dry(Event event) {
  event.began_at = 1000 * kMs;
  event.ended_at = 1021 * kMs;
  event.has_stream = true;
  event.silent_ns = event.dry_ns = 21 * kMs;
  return event;
}

struct Case {
  const char* name;
  Event event;
  Cause cause;
  std::int64_t late_ms;
};

const Case kCases[] = {
    {"the client's thread took 61 ms", dry({.thread_ns = 61 * kMs}), Cause::thread, 21},
    {"a recording's", dry({.is_input = true, .thread_ns = 61 * kMs}), Cause::gave_late, 21},
    {"its callback took 61 ms", dry({.callback_ns = 61 * kMs}), Cause::callback, 61},
    {"the notifier came late", dry({.notifier_ns = 50 * kMs, .thread_ns = kMs}), Cause::machine, 50},
    {"the notifier had the larger share", dry({.notifier_ns = 31 * kMs, .thread_ns = 30 * kMs}),
     Cause::machine, 31},
    {"the thread had it", dry({.notifier_ns = 30 * kMs, .thread_ns = 31 * kMs}), Cause::thread, 21},
    {"a clock called late", dry({.thread_ns = kMs, .late_ns = 35 * kMs, .has_schedule = true}),
     Cause::machine, 35},
    {"a clock, whose thread clients had",
     dry({.late_ns = 60 * kMs, .held_ns = 58 * kMs, .has_schedule = true}), Cause::callback, 58},
    {"a server called late", dry({.thread_ns = kMs, .late_ns = 300 * kMs}), Cause::device_late, 300},
    {"a server that took nothing at the start, and then all blocks in one burst",
     dry({.thread_ns = kMs, .late_ns = 2'000 * kMs}), Cause::device_late, 2'000},
    {"the client's thread, which took 61 ms in such a burst",
     dry({.thread_ns = 61 * kMs, .late_ns = 2'000 * kMs}), Cause::thread, 21},
    {"a callback that took 61 ms in such a burst", dry({.callback_ns = 61 * kMs, .late_ns = 2'000 * kMs}),
     Cause::callback, 61},
    {"a server, while the supervisor waited for a processor, too",
     dry({.late_ns = 300 * kMs, .supervisor_ns = 280 * kMs, .waited_ns = 270 * kMs}), Cause::machine, 280},
    {"a client that was stopped (SIGSTOP)",
     dry({.thread_ns = 300 * kMs, .late_ns = 300 * kMs, .supervisor_ns = 290 * kMs, .waited_ns = kMs}),
     Cause::stopped, 290},
    {"where the system does not tell",
     dry({.late_ns = 300 * kMs, .supervisor_ns = 290 * kMs, .waited_ns = -1}), Cause::machine, 290},
    {"a client's thread that was not run while the supervisor was not, either",
     dry({.thread_ns = 61 * kMs, .supervisor_ns = 60 * kMs, .waited_ns = 60 * kMs}), Cause::machine, 60},
    {"a client's thread that waited for most of it",
     dry({.thread_ns = 20 * kMs, .writer_waited_ns = 41 * kMs}), Cause::machine, 41},
    {"a server, while all processors were taken", dry({.late_ns = 100 * kMs, .pressure_percent = 96}),
     Cause::machine, 96},
    {"one that was late for longer", dry({.late_ns = 300 * kMs, .pressure_percent = 96}), Cause::device_late,
     300},
    {"a server's audio thread that waited", dry({.late_ns = 90 * kMs, .device_waited_ns = 60 * kMs}),
     Cause::machine, 60},
    {"an xrun, and no more", {.has_xrun = true}, Cause::device_xrun, 0},
    {"an xrun of a client that was late", dry({.thread_ns = 61 * kMs, .has_xrun = true}), Cause::thread, 21},
    {"nothing is known", dry({}), Cause::unknown, 0},
};

TEST(Watch_cause, Is_who_has_the_largest_share_of_the_lateness) {
  for (const Case& one : kCases) {
    const Verdict verdict = cause_of(one.event);
    EXPECT_EQ(verdict.cause, one.cause) << one.name;
    EXPECT_EQ(verdict.late_ns, one.late_ms * kMs) << one.name;
  }
}

Gap late_block(std::uint64_t stream, std::int64_t began_ms, std::int64_t ended_ms) {
  return {.began_at = began_ms * kMs,
          .ended_at = ended_ms * kMs,
          .stream = stream,
          .written_at = ended_ms * kMs,
          .program_ns = 61 * kMs,
          .writer = Gap::Writer::thread};
}
Gap late_device(std::int64_t began_ms, std::int64_t ended_ms, std::int64_t lost_ms) {
  return {.kind = Gap::Kind::device,
          .began_at = began_ms * kMs,
          .ended_at = ended_ms * kMs,
          .late_ns = (ended_ms - began_ms) * kMs,
          .lost_ns = lost_ms * kMs};
}

TEST(Watch_events, Have_no_late_thread_that_waited_for_a_processor) {
  Gap gap = late_block(1, 1000, 1021);
  gap.waited_ns = 50 * kMs;
  const std::vector<Event> events = events_of(std::span(&gap, 1), {});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].thread_ns, 11 * kMs);
  EXPECT_EQ(cause_of(events[0]).cause, Cause::machine);
}

/// Under completion = direct only one message in eight is timed.
TEST(Watch_events, A_late_thread_after_an_untimed_message_is_late_since_the_stream_ran_dry) {
  Gap gap = late_block(1, 1000, 1021);
  gap.program_ns = 0;
  const std::vector<Event> events = events_of(std::span(&gap, 1), {});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(cause_of(events.front()).cause, Cause::thread);
  gap.writer = Gap::Writer::callback;
  EXPECT_EQ(cause_of(events_of(std::span(&gap, 1), {}).front()).cause, Cause::unknown);
}

TEST(Watch_events, Are_one_whatever_they_do_to_streams_and_devices) {
  const Gap gaps[] = {late_device(1000, 1300, 260), late_block(7, 1100, 1310), late_block(8, 1110, 1320)};
  const std::vector<Event> events = events_of(gaps, {});
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].began_at, 1000 * kMs);
  EXPECT_EQ(events[0].ended_at, 1320 * kMs);
  EXPECT_EQ(events[0].stream, 0U) << "two of them";
  EXPECT_EQ(events[0].late_ns, 300 * kMs);
  EXPECT_EQ(cause_of(events[0]).cause, Cause::device_late);
}

TEST(Watch_events, Are_two_if_the_program_is_late_after_the_device) {
  Gap gaps[] = {late_device(1000, 1420, 380), late_block(7, 1420, 1490)};
  gaps[1].written_at = 1481 * kMs;
  const std::vector<Event> events = events_of(gaps, {});
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(cause_of(events[0]).cause, Cause::device_late);
  EXPECT_EQ(cause_of(events[1]).cause, Cause::thread);
  EXPECT_EQ(events[1].began_at, 1420 * kMs);
}

TEST(Watch_events, Hold_what_follows_while_the_queues_are_short) {
  Gap next = late_block(7, 1320, 1340);
  next.program_ns = 5 * kMs;
  EXPECT_THAT(events_of(std::vector{late_device(1000, 1300, 260), next}, {}), SizeIs(1));
  const Gap gaps[] = {late_block(7, 1100, 1110), late_block(7, 1120, 1130), late_block(7, 1159, 1170),
                      late_block(7, 1170, 1180), late_block(7, 1300, 1310)};
  const std::vector<Event> events = events_of(gaps, {});
  ASSERT_THAT(events, SizeIs(3)) << "those 50 ms after the first";
  EXPECT_EQ(events[0].stream, 7U);
  EXPECT_EQ(events[0].ended_at, 1170 * kMs);
  EXPECT_EQ(events[1].began_at, 1170 * kMs);
}

TEST(Watch_events, Have_no_click_for_a_witness) {
  const Gap supervisor{
      .kind = Gap::Kind::supervisor, .began_at = 1000 * kMs, .ended_at = 1200 * kMs, .waited_ns = 190 * kMs};
  const Gap gaps[] = {late_device(1000, 1030, 0), supervisor};
  EXPECT_THAT(events_of(gaps, {}), SizeIs(0));
  const Gap with[] = {late_device(1000, 1030, 0), supervisor, late_block(7, 1050, 1080),
                      late_block(7, 3000, 3080)};
  const std::vector<Event> events = events_of(with, {});
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].late_ns, 30 * kMs) << "it took at once what the stream had";
  EXPECT_EQ(events[0].supervisor_ns, 61 * kMs) << "since the message";
  EXPECT_EQ(events[0].waited_ns, 61 * kMs);
  EXPECT_EQ(events[1].late_ns, 0);
  EXPECT_EQ(events[1].supervisor_ns, 0);
}

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
