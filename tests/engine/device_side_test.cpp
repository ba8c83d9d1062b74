// What a device takes and cannot have played.
#include "driver/engine/device_side.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace refwave::engine {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::uint32_t kPeriod = 480;  // ten milliseconds

/// A device whose callbacks come when the test says.
class Drops : public testing::Test {
 protected:
  Drops() {
    side_.prepare({.name = "a card",
                   .format = {.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000},
                   .period_frames = kPeriod,
                   .latency_frames = 4 * kPeriod});
  }
  /// Effects: the device takes a period, `after_ms` after the one before.
  void take(std::int64_t after_ms, bool is_dry = false, double clock_rate = 1) {
    now_ns_ += after_ms * kMillisecond;
    side_.process({.data = memory_.data(),
                   .frames = kPeriod,
                   .monotonic_ns = now_ns_,
                   .clock_rate = clock_rate,
                   .xrun = is_dry});
  }
  double dropped_s() const { return static_cast<double>(side_.statistics().dropped_ns) / 1e9; }

  DeviceSide side_{std::make_shared<core::StreamTable>(), std::make_shared<core::MembershipMask>(),
                   std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU), SideSettings{.epoch = 1}};
  std::vector<std::byte> memory_ = std::vector<std::byte>(kPeriod * 4);
  std::int64_t now_ns_ = 1'000 * kMillisecond;
};

TEST_F(Drops, Are_none_while_the_device_keeps_time) {
  for (int i = 0; i < 4; ++i) take(0);
  for (int i = 0; i < 6'000; ++i) take(10);
  EXPECT_EQ(dropped_s(), 0);
}

TEST_F(Drops, Are_none_if_the_program_is_late_but_underflows_and_new_schedules_are_counted) {
  for (int i = 0; i < 4; ++i) take(0);
  take(45, true);
  for (int i = 0; i < 3; ++i) take(0);
  take(3'000, true);
  EXPECT_EQ(dropped_s(), 0);
  EXPECT_EQ(side_.statistics().xruns, 2U);
  EXPECT_EQ(side_.statistics().reanchors, 0U);
  side_.process({.data = memory_.data(), .frames = kPeriod, .monotonic_ns = now_ns_, .reanchored = true});
  EXPECT_EQ(side_.statistics().reanchors, 1U);
}

TEST_F(Drops, Are_what_a_dry_device_cannot_have_played) {
  // Four seconds in under one: the device takes 40 ms, and is dry 8 ms later.
  for (int i = 0; i < 100; ++i) {
    take(8, i > 0);
    for (int k = 0; k < 3; ++k) take(0);
  }
  EXPECT_NEAR(dropped_s(), 99 * 0.032, 0.06) << "but what it may hold";
}

TEST_F(Drops, Are_none_if_what_an_underrun_refused_is_written_again) {
  for (int i = 0; i < 4; ++i) take(0);
  take(45);
  for (int i = 0; i < 100; ++i) take(10, true);
  EXPECT_EQ(dropped_s(), 0);
}

TEST_F(Drops, Are_what_a_device_takes_that_knows_no_time) {
  for (int i = 0; i < 6'000; ++i) take(0);
  EXPECT_NEAR(dropped_s(), 60 - 4, 0.1);
}

}  // namespace
}  // namespace refwave::engine
