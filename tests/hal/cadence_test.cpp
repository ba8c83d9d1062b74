#include <gtest/gtest.h>

#include "hal/portaudio/cadence.h"

namespace refwave::hal {
namespace {

constexpr std::uint32_t kRate = 48'000;
constexpr std::uint32_t kFrames = 240;
constexpr std::int64_t kPeriodNs = 5'000'000;
constexpr std::uint32_t kQueue = 960;
constexpr std::uint32_t kUsual = kQueue + kFrames / 2;

TEST(Cadence, A_device_is_given_its_queue_at_once_and_then_its_periods_evenly) {
  Cadence cadence(kRate, kQueue);

  EXPECT_EQ(cadence.next_ns(1'000, kFrames, 0), 1'000);
  EXPECT_EQ(cadence.next_ns(2'000, kFrames, kQueue - 1), 2'000);
  EXPECT_EQ(cadence.next_ns(3'000, kFrames, kQueue), 2'000 + kPeriodNs / 2);
  EXPECT_EQ(cadence.next_ns(kPeriodNs, kFrames, kQueue), 2'000 + 3 * kPeriodNs / 2) << "late, and yet";
}

TEST(Cadence, A_device_that_runs_short_is_given_its_queue_again) {
  Cadence cadence(kRate, kQueue);
  cadence.next_ns(0, kFrames, kQueue);

  EXPECT_GT(cadence.next_ns(1'000, kFrames, kFrames), 1'000);
  EXPECT_EQ(cadence.next_ns(2'000, kFrames, kFrames - 1), 2'000);
  EXPECT_EQ(cadence.next_ns(3'000, kFrames, kQueue - 1), 3'000)
      << "it stopped before the device had its queue";
}

TEST(Cadence, A_period_longer_than_half_the_queue_makes_no_rush) {
  constexpr std::uint32_t kLong = 4'800;
  Cadence cadence(kRate, kQueue);
  cadence.next_ns(0, kLong, 0);

  EXPECT_GT(cadence.next_ns(0, kLong, kQueue), 0);
  EXPECT_GT(cadence.next_ns(1'000, kLong, kQueue / 2), 1'000);
}

TEST(Cadence, After_a_stop_of_the_machine_two_periods_are_made_up_for) {
  Cadence cadence(kRate, kQueue);
  cadence.next_ns(0, kFrames, kQueue);
  const std::int64_t now_ns = 1'000 * kPeriodNs;

  EXPECT_EQ(cadence.next_ns(now_ns, kFrames, kQueue), now_ns - 2 * kPeriodNs);
}

/// A device that takes its frames ten milliseconds at a time, faster or slower than our clock: five minutes.
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

}  // namespace
}  // namespace refwave::hal
