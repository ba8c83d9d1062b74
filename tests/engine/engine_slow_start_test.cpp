// A device that takes long to start: its first frames wait for it, up to a bound. And `fallback = none` when
// a device is lost: queued headers complete in time, and new ones are refused until the device is back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "hal/system/clock.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;

class EngineSlowStart : public EngineTest {
 protected:
  /// Effects: writes forty loud periods. The watch looks at the device for a while, in which none is done;
  /// then the device is well, and all is heard.
  void start_late(std::atomic<bool>& fault) {
    const bool well = fault;
    fault = !well;
    configuration::Configuration patient;
    patient.start_ms = 60'000;
    start(patient);
    constexpr int kPeriods = 40;
    write(kPeriods);
    const std::uint64_t ticks = driver->ticks;
    ASSERT_TRUE(eventually([&] { return driver->ticks > ticks + 90; }));
    EXPECT_EQ(client.done, 0U);
    fault = well;
    EXPECT_TRUE(completes());
    EXPECT_EQ(device_in_use(*driver), "faulty");
    EXPECT_EQ(driver->output->statistics().losses, 0U);
    // The device counts a period after the last header in it was done.
    EXPECT_TRUE(eventually([&] { return device->loud_frames >= kPeriods * kPeriod; }));
    EXPECT_EQ(device->loud_frames, kPeriods * kPeriod);
  }
};

TEST_F(EngineSlowStart, Loses_nothing_of_a_device_that_calls_late) { start_late(device->calls); }

TEST_F(EngineSlowStart, Loses_nothing_of_a_device_whose_start_takes_long) {
  start_late(device->starts_slowly);
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

TEST_F(EngineSlowStart, A_device_that_is_not_there_yet_is_stood_in_for_by_the_clocked_one_until_it_comes) {
  device->is_missing = true;
  start(impatient());
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_THAT(event_log(), HasSubstr("no output device \"faulty\""));
  write(300);
  ASSERT_TRUE(is_told_of(1));
  device->is_missing = false;
  ++device->changes;
  EXPECT_TRUE(is_in_use("faulty"));
  EXPECT_TRUE(completes());
}

class EngineRefusal : public EngineTest {
 protected:
  /// Effects: the device is lost after periods were written, of which it may have played some.
  void lose_behind(int queued, const configuration::Configuration& configuration) {
    device->nap_us = 10'000;
    start(configuration);
    device->does_not_open = true;
    write(queued);
    device->unplugged = true;
    ASSERT_TRUE(is_in_use("clocked"));
  }
};

TEST_F(EngineRefusal, Completes_what_was_queued_when_the_device_is_lost) {
  lose_behind(60, without_fallback());
  EXPECT_TRUE(completes());
  EXPECT_EQ(driver->output->statistics().losses, 1U);
}

TEST_F(EngineRefusal, Takes_nothing_new_until_the_device_is_back) {
  lose_behind(200, without_fallback());
  const std::size_t accepted = client.sent.size();
  EXPECT_EQ(driver->write(client, kPeriod), core::Error::no_device);
  client.sent.pop_back();

  device->unplugged = false;
  device->does_not_open = false;
  ++device->changes;
  EXPECT_TRUE(is_in_use("faulty"));
  EXPECT_EQ(driver->write(client, kPeriod), core::Error::none);
  EXPECT_EQ(driver->output->statistics().returns, 1U);
  EXPECT_EQ(driver->reset(client), core::Error::none);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(client.done, accepted + 1);
}

TEST_F(EngineRefusal, Is_not_for_a_client_that_allows_the_clock) {
  lose_behind(60, {});
  EXPECT_EQ(driver->write(client, kPeriod), core::Error::none);
  EXPECT_EQ(driver->reset(client), core::Error::none);
}

}  // namespace
}  // namespace refwave::engine
