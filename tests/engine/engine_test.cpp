// Devices that fail, and the clocked device that takes over.
#include "driver/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/system/clock.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;

TEST_F(EngineTest, Opening_a_stream_does_not_wait_while_the_device_is_tried_again) {
  device->lost_after = 5;
  start();
  write(500);
  ASSERT_TRUE(eventually([&] { return driver->output->statistics().losses == 1; }));
  device->opens_slowly = true;
  ASSERT_TRUE(eventually([&] { return device->slow_calls == 1; }));
  std::atomic<bool> opened{false};
  std::thread thread([&] {
    driver->open(other);
    opened = true;
  });
  EXPECT_TRUE(eventually([&] { return opened.load(); }));
  device->opens_slowly = false;
  thread.join();
}

// A device that takes long to start: its first frames wait for it, up to a bound.

using EngineSlowStart = EngineTest;

TEST_F(EngineSlowStart, Loses_nothing_of_a_device_that_calls_late) {
  device->calls = false;
  configuration::Configuration patient;
  patient.start_ms = 60'000;
  start(patient);
  constexpr int kPeriods = 40;
  write(kPeriods);
  const std::uint64_t ticks = driver->ticks;
  ASSERT_TRUE(eventually([&] { return driver->ticks > ticks + 90; }));
  EXPECT_EQ(client.done, 0U);
  device->calls = true;
  EXPECT_TRUE(completes());
  EXPECT_EQ(device_in_use(*driver), "faulty");
  EXPECT_EQ(driver->output->statistics().losses, 0U);
  // The device counts a period after the last header in it was done.
  EXPECT_TRUE(eventually([&] { return device->loud_frames >= kPeriods * kPeriod; }));
  EXPECT_EQ(device->loud_frames, kPeriods * kPeriod);
}

TEST_F(EngineSlowStart, Waits_as_long_as_the_configuration_says_and_then_the_clock_takes_over) {
  device->calls = false;
  configuration::Configuration configuration;
  configuration.start_ms = 600;
  start(configuration);
  const std::int64_t begun_ns = hal::monotonic_now_ns();
  write(1);
  EXPECT_TRUE(completes());
  EXPECT_GT(client.sent.back().done_ns - begun_ns, 590'000'000);
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_THAT(event_log(), HasSubstr("the clocked device takes over"));
}

// The rate of a device, if the configuration sets none: the first stream's, if the device takes it.

class EngineRate : public EngineTest {
 protected:
  std::uint32_t rate() { return driver->output->statistics().format.rate; }
  /// Effects: makes the driver, if necessary, and opens a stream of that rate.
  void open(Client& one, std::uint32_t stream_rate, const configuration::Configuration& configuration = {}) {
    if (!driver) driver.emplace(configuration, 1, device);
    driver->client_rate = stream_rate;
    EXPECT_EQ(driver->open(one), core::Error::none);
  }
};

TEST_F(EngineRate, Is_the_first_streams_where_the_device_takes_it) {
  open(client, 44'100);
  EXPECT_EQ(rate(), 48'000U) << "the device takes no other";
  EXPECT_EQ(driver->close(client), core::Error::none);
  driver.reset();
  device->takes_any_rate = true;
  open(client, 44'100);
  EXPECT_EQ(rate(), 44'100U);
  open(other, 96'000);
  EXPECT_EQ(rate(), 44'100U) << "the first one decides";
}

/// A player plays files one after the other; the device lingers at the previous file's rate.
TEST_F(EngineRate, Follows_the_next_stream_once_no_other_is_open) {
  device->takes_any_rate = true;
  open(client, 44'100, lingering(60'000));
  write(1);
  EXPECT_TRUE(completes());
  EXPECT_EQ(driver->close(client), core::Error::none);
  open(other, 96'000);
  EXPECT_EQ(rate(), 96'000U);
  driver->write(other, kPeriod);
  EXPECT_TRUE(completes(other));
  EXPECT_EQ(device->alive, 1U);
}

// An idle device is closed; one that streams still need stays open.

class EngineIdle : public EngineTest {
 protected:
  bool is_closed() {
    return eventually([&] { return device->alive == 0; });
  }
};

TEST_F(EngineIdle, An_idle_device_is_closed_and_opened_again_by_the_next_write) {
  start(lingering(50));
  for (std::uint32_t round = 1; round <= 3; ++round) {
    write(1);
    ASSERT_TRUE(completes());
    ASSERT_TRUE(is_closed());
    EXPECT_EQ(device_in_use(*driver), "");
    EXPECT_EQ(device->opens, round);
  }
  EXPECT_EQ(driver->position(client), 3U * kPeriod);
}

TEST_F(EngineIdle, A_device_that_was_opened_and_never_written_to_is_closed_too) {
  driver.emplace(lingering(0), 1, device);
  ASSERT_TRUE(eventually([&] { return driver->ticks > 0; }));  // the supervisor sleeps now
  driver->open(client);
  driver->close(client);
  EXPECT_TRUE(is_closed());
}

TEST_F(EngineIdle, What_is_written_while_a_device_stops_is_for_the_next_one) {
  start(lingering(0));
  device->stops_slowly = true;
  write(1);
  ASSERT_TRUE(completes());
  ASSERT_TRUE(eventually([&] { return device->slow_calls == 1; }));
  const std::uint64_t loud = device->loud_frames;
  write(1);
  EXPECT_TRUE(completes()) << "the clock does not wait for it";
  EXPECT_EQ(device->loud_frames.load(), loud) << "it went into a device that stops";
  device->stops_slowly = false;
}

TEST_F(EngineIdle, Without_lingering_the_resampler_s_tail_is_heard) {
  device->rate = 96'000;
  device->period_frames = {8};
  device->nap_us = 5'000;
  start(lingering(0));
  driver->write(client, 100);
  ASSERT_TRUE(completes());
  ASSERT_TRUE(is_closed());
  EXPECT_GE(device->loud_frames.load(), 200U);
}

TEST_F(EngineIdle, Headers_that_wait_behind_a_blocked_client_keep_the_device_open) {
  std::atomic<bool> blocked{true};
  driver.emplace(lingering(0), 1, device);
  client.inside = [&] { eventually([&] { return !blocked; }); };
  driver->open(client, 2);
  for (int i = 0; i < 6; ++i) driver->write(client, 10);
  const std::uint64_t ticks = driver->ticks;
  ASSERT_TRUE(eventually([&] { return driver->ticks > ticks + 20; }));
  blocked = false;
  EXPECT_TRUE(completes()) << "no thread starts the device for those that waited";
  driver.reset();
}

TEST_F(EngineIdle, Paused_headers_do_not_keep_a_device_open_and_are_played_after_the_restart) {
  start(lingering(0));
  driver->streams->pause(client.handle, kOutput);
  write(3);
  EXPECT_TRUE(is_closed());
  EXPECT_EQ(client.done, 0U);
  driver->streams->run(client.handle, kOutput);
  EXPECT_TRUE(completes());
}

}  // namespace
}  // namespace refwave::engine
