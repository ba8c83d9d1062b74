// When to render, and how much to have queued: plain arithmetic.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "hal/clocked/pacer.h"
#include "hal/portaudio/cadence.h"
#include "hal/portaudio/calm_queue.h"
#include "hal/portaudio/growing_queue.h"
#include "hal/portaudio/idle_queue.h"
#include "hal/portaudio/latency.h"

namespace refwave::hal {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr double kTenMs = 10e6;

struct Begun {
  double speed;
  std::int64_t late_ns;  // the first period, from when it is due
  Beat beat;
  std::int64_t next_ns;  // when the second one is due
};

TEST(ClockedPacer, Catches_up_with_four_periods_in_real_time_or_restarts_and_says_so) {
  constexpr std::int64_t kStartNs = 1'000 * kMs;
  for (const auto& [speed, late_ns, beat, next_ns] : {
           Begun{1.0, 0, {0, false}, 10 * kMs},
           Begun{1.0, 3 * kMs, {3 * kMs, false}, 10 * kMs},
           Begun{1.0, 40 * kMs, {40 * kMs, false}, 10 * kMs},
           Begun{1.0, 40 * kMs + 1, {40 * kMs + 1, true}, 50 * kMs + 1},
           // Faster than real time it is never late, and does not rush to catch up.
           Begun{100.0, 1'000 * kMs, {0, false}, 1'000 * kMs + 100'000},
       }) {
    Pacer pacer(kTenMs, speed, kStartNs);
    const Beat first = pacer.begin(kStartNs + late_ns);
    EXPECT_EQ(first.lateness_ns, beat.lateness_ns) << late_ns;
    EXPECT_EQ(first.reanchored, beat.reanchored) << late_ns;
    EXPECT_EQ(pacer.due_ns(), kStartNs + next_ns) << late_ns;
    const Beat second = pacer.begin(pacer.due_ns());
    EXPECT_EQ(second.lateness_ns, 0) << late_ns;
    EXPECT_FALSE(second.reanchored) << late_ns;
  }
}

TEST(ClockedPacer, Periods_that_are_no_whole_nanoseconds_keep_the_rate) {
  Pacer pacer(1e9 * 441 / 44'099, 1.0, 0);
  for (int i = 0; i < 44'099; ++i) pacer.begin(pacer.due_ns());
  EXPECT_NEAR(static_cast<double>(pacer.due_ns()), 441e9, 1.0);
}

struct Case {
  const char* what;
  std::uint32_t latency_ms;
  std::uint32_t period_frames;
  double lowest_s;
  Buffering device;
  double expected_s;
};

TEST(Latency, Is_what_was_asked_for_or_what_the_device_needs) {
  constexpr Buffering kTimed{};                                          // PulseAudio on most computers
  constexpr Buffering kFragments{.fragment_s = 0.025, .buffer_s = 0.1};  // PulseAudio in a virtual machine
  constexpr Buffering kWhole{.fragment_s = 0, .buffer_s = 0.15};  // a sink that tells its latency alone
  for (const Case& one : {
           Case{"nothing asked", 0, 0, 0.0, kTimed, 0.040},
           Case{"the lowest is longer", 0, 0, 0.1, kTimed, 0.1},
           Case{"a short period", 0, 64, 0.0, kTimed, 0.020},
           Case{"two long periods", 0, 4'800, 0.0, kTimed, 0.2},
           Case{"fragments", 0, 0, 0.0, kFragments, 0.125},
           Case{"fragments, and a long period", 0, 4'800, 0.0, kFragments, 0.2},
           Case{"a buffer without fragments", 0, 480, 0.0, kWhole, 0.15},
           Case{"asked for", 7, 480, 0.1, kFragments, 0.007},
       }) {
    const OpenRequest request{.period_frames = one.period_frames, .latency_ms = one.latency_ms};
    EXPECT_DOUBLE_EQ(latency_s(request, one.lowest_s, one.device, 48'000), one.expected_s) << one.what;
  }
}

TEST(Latency, That_is_asked_for_has_room_for_two_periods) {
  const auto period = [](std::uint32_t frames, std::uint32_t latency_ms, double rate) {
    return OpenRequest{.period_frames = frames, .latency_ms = latency_ms}.period_at(rate);
  };
  EXPECT_EQ(period(480, 0, 48'000), 480U) << "none is asked for";
  EXPECT_EQ(period(480, 5, 48'000), 120U);
  EXPECT_EQ(period(480, 5, 44'100), 110U);
  EXPECT_EQ(period(100, 5, 48'000), 100U) << "a shorter one stays";
  EXPECT_EQ(period(480, 20, 48'000), 480U);
  EXPECT_EQ(period(480, 1, 8'000), kShortestPeriod);
  EXPECT_EQ(period(0, 5, 48'000), 0U) << "the device's choice";
}

constexpr std::uint32_t kRate = 48'000;
constexpr std::uint32_t kFrames = 240;
constexpr std::int64_t kPeriodNs = 5'000'000;
constexpr std::uint32_t kQueue = 960;
constexpr std::uint32_t kUsual = kQueue + kFrames / 2;

TEST(Cadence, A_device_is_given_its_queue_at_once_then_even_periods_and_its_queue_again_if_it_runs_short) {
  Cadence cadence(kRate, kQueue);
  EXPECT_EQ(cadence.next_ns(1'000, kFrames, 0), 1'000);
  EXPECT_EQ(cadence.next_ns(2'000, kFrames, kQueue - 1), 2'000);
  EXPECT_EQ(cadence.next_ns(3'000, kFrames, kQueue), 2'000 + kPeriodNs / 2);
  EXPECT_EQ(cadence.next_ns(kPeriodNs, kFrames, kFrames), 2'000 + 3 * kPeriodNs / 2) << "late, and yet";
  EXPECT_EQ(cadence.next_ns(kPeriodNs, kFrames, kFrames - 1), kPeriodNs);
  EXPECT_EQ(cadence.next_ns(2 * kPeriodNs, kFrames, kQueue - 1), 2 * kPeriodNs)
      << "it stopped before the device had its queue";
}

/// Returns: the queue of a device that takes 10 ms at a time, faster or slower than our clock, after five
/// minutes.
std::uint32_t queued_in_the_end(double device_speed) {
  Cadence cadence(kRate, kQueue);
  std::int64_t now_ns = 0;
  std::uint64_t rendered = 0;
  std::uint32_t queued = 0;
  while (now_ns < 300'000'000'000) {
    const auto taken = static_cast<std::uint64_t>(static_cast<double>(now_ns) * device_speed / 10e6) * 480;
    queued = rendered > taken ? static_cast<std::uint32_t>(rendered - taken) : 0;
    now_ns = std::max(now_ns, cadence.next_ns(now_ns, kFrames, queued));
    rendered += kFrames;
  }
  return queued;
}

TEST(Cadence, It_follows_a_device_whose_clock_is_not_ours) {
  for (const double speed : {0.9998, 1.0, 1.0002}) {
    EXPECT_NEAR(queued_in_the_end(speed), kUsual, 2 * kFrames) << speed;
  }
}

constexpr std::int64_t kBegin = 1'000'000 * kMs;

TEST(IdleQueue, It_is_full_while_something_plays_else_short_and_grows_slowly_again) {
  // The device plays evenly, has room for three periods of 10 ms, and is full.
  IdleQueue queue{kRate, 19 * kRate / 1'000};
  std::int64_t now_ns = kBegin;
  std::int64_t full_until_ns = now_ns;  // then there is room for a period
  // Returns: how much was queued just before the period, in ms; below 0 it ran dry.
  const auto render = [&](bool is_idle) {
    now_ns = queue.next_ns(std::max(now_ns, full_until_ns), 2 * kFrames, is_idle);
    full_until_ns += 10 * kMs;
    return static_cast<double>(full_until_ns + 10 * kMs - now_ns) / kMs;
  };
  for (int i = 0; i < 10; ++i) EXPECT_DOUBLE_EQ(render(false), 20) << i;
  for (const double left_ms : {10.0, 1.0, 1.0, 1.0}) EXPECT_DOUBLE_EQ(render(true), left_ms);
  for (const double left_ms : {3.5, 6.0, 8.5, 11.0, 13.5, 16.0, 18.5, 20.0, 20.0})
    EXPECT_DOUBLE_EQ(render(false), left_ms);
}

TEST(CalmQueue, It_is_short_while_nobody_is_late_and_full_for_seconds_after_a_delay) {
  // The device plays evenly, and takes 200 ms, of which 130 are spare.
  CalmQueue queue{kRate, 130 * kRate / 1'000};
  std::int64_t now_ns = kBegin;
  std::int64_t empty_at_ns = now_ns + 200 * kMs;
  // Effects: renders so many periods of 10 ms, each so much too late. Returns: what was queued just before
  // the last one, in ms.
  const auto render = [&](int periods, std::int64_t late_ms = 0) {
    std::int64_t left_ns = 0;
    for (int i = 0; i < periods; ++i) {
      now_ns = std::max(now_ns, empty_at_ns - 190 * kMs);  // it has room
      const auto room = static_cast<std::uint32_t>((now_ns + 200 * kMs - empty_at_ns) * 48 / kMs);
      now_ns = queue.next_ns(now_ns, 2 * kFrames, room) + late_ms * kMs;
      left_ns = empty_at_ns - now_ns;
      empty_at_ns += 10 * kMs;
    }
    return static_cast<double>(left_ns) / kMs;
  };
  EXPECT_DOUBLE_EQ(render(90), 190) << "the beginning";
  EXPECT_NEAR(render(300), 60, 2);
  EXPECT_NEAR(render(100, 5), 60, 6) << "as late as a thread may be";
  EXPECT_NEAR(render(1, 40), 20, 6);
  EXPECT_GT(render(8), 50);
  EXPECT_DOUBLE_EQ(render(100), 190);
  EXPECT_DOUBLE_EQ(render(300), 190);
  EXPECT_NEAR(render(300), 60, 2);
}

TEST(GrowingQueue, It_takes_what_was_asked_for_at_once_and_then_grows_at_a_pace) {
  GrowingQueue queue{kRate, 8 * kFrames};
  std::int64_t now_ns = kBegin;
  double held_ms = 0;
  // Returns: how much later than it could the server gets a period, in ms.
  const auto take = [&](bool is_idle) {
    const std::int64_t due_ns =
        queue.next_ns(now_ns, 2 * kFrames, static_cast<std::uint32_t>(48 * held_ms), is_idle);
    return static_cast<double>(due_ns - std::exchange(now_ns, due_ns)) / kMs;
  };
  for (int i = 0; i < 5; ++i, held_ms += 10) EXPECT_EQ(take(false), 0) << i;
  for (int i = 0; i < 100; ++i, held_ms += 8.75) EXPECT_EQ(take(false), 1.25) << i;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(take(true), 10) << "silence, " << i;
}

}  // namespace
}  // namespace refwave::hal
