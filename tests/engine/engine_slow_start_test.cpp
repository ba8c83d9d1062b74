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

constexpr int kPeriods = 40;

/// Returns: settings under which a device may take as long as it likes to start.
configuration::Configuration patient() {
  configuration::Configuration configuration;
  configuration.start_ms = 60'000;
  return configuration;
}

/// Effects: writes forty loud periods, and lets the watch look at the device for a while. No period is done.
void write_and_wait(AssembledDriver& driver, Client& client) {
  driver.open(client);
  for (int i = 0; i < kPeriods; ++i) driver.write(client, kPeriod);
  const std::uint64_t ticks = driver.ticks;
  ASSERT_TRUE(eventually([&] { return driver.ticks > ticks + 90; }));
  EXPECT_EQ(client.done, 0U);
}

void expect_all_heard(AssembledDriver& driver, Client& client, const test::Faults& device) {
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(device_in_use(driver), "faulty");
  EXPECT_EQ(driver.output->statistics().losses, 0U);
  // The device counts a period after the last header in it was done.
  EXPECT_TRUE(eventually([&] { return device.loud_frames >= kPeriods * kPeriod; }));
  EXPECT_EQ(device.loud_frames, kPeriods * kPeriod);
}

TEST(EngineSlowStart, Loses_nothing_of_a_device_that_calls_late) {
  Client client;
  auto slow = faults();
  slow->calls = false;
  AssembledDriver driver(patient(), 1, slow);
  write_and_wait(driver, client);
  slow->calls = true;
  expect_all_heard(driver, client, *slow);
}

TEST(EngineSlowStart, Loses_nothing_of_a_device_whose_start_takes_long) {
  Client client;
  auto slow = faults();
  slow->starts_slowly = true;
  AssembledDriver driver(patient(), 1, slow);
  write_and_wait(driver, client);
  slow->starts_slowly = false;
  expect_all_heard(driver, client, *slow);
}

TEST(EngineSlowStart, Waits_as_long_as_the_configuration_says_and_then_the_clock_takes_over) {
  Client client;
  auto slow = faults();
  slow->calls = false;
  configuration::Configuration configuration;
  configuration.start_ms = 600;
  AssembledDriver driver(configuration, 1, slow);
  driver.open(client);
  const std::int64_t begun_ns = hal::monotonic_now_ns();
  driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_GT(client.sent.back().done_ns - begun_ns, 590'000'000);
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("the clocked device takes over"));
}

TEST(EngineSlowStart, A_device_that_is_not_there_yet_is_stood_in_for_by_the_clocked_one_until_it_comes) {
  Client client;
  auto device = faults();
  device->is_missing = true;
  AssembledDriver driver(test::impatient(), 1, device);
  ASSERT_EQ(driver.open(client), core::Error::none);
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_NE(driver.context.journal->text().find("no output device \"faulty\""), std::string::npos);
  for (int i = 0; i < 300; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 0; }));
  device->is_missing = false;
  ++device->changes;
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "faulty"; }));
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

}  // namespace
}  // namespace refwave::engine
