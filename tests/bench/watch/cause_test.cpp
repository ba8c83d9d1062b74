// Whose fault a click is: a table of events, and how gaps become events.
#include <gmock/gmock.h>

#include "bench/watch/cause.h"
#include "tests/bench/watch/made_up.h"

namespace refwave::watching {
namespace {

using core::Gap;
using testing::SizeIs;

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

}  // namespace
}  // namespace refwave::watching
