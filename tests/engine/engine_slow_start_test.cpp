// A device that takes long to start: its first frames wait for it, up to a bound.
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
  /// Expects: while the device is late, none of forty periods completes; then all of them are heard.
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

}  // namespace
}  // namespace refwave::engine
