// The rate of a device if the configuration leaves the rate to it: the first stream's rate, if the device
// takes it. A stream's playback rate, when its device is lost.
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace std::chrono_literals;
using namespace test;

std::shared_ptr<test::Faults> of_any_rate() {
  auto device = faults();
  device->takes_any_rate = true;
  return device;
}

std::uint32_t rate_of(AssembledDriver& driver) { return driver.output->statistics().format.rate; }

/// Effects: opens a stream of that rate.
void open(AssembledDriver& driver, Client& client, std::uint32_t rate) {
  driver.client_rate = rate;
  EXPECT_EQ(driver.open(client), core::Error::none);
}

TEST(EngineRate, Is_the_first_streams_where_the_device_takes_it) {
  Client first;
  Client second;
  AssembledDriver driver({}, 1, of_any_rate());
  open(driver, first, 44'100);
  EXPECT_EQ(rate_of(driver), 44'100U);
  open(driver, second, 96'000);
  EXPECT_EQ(rate_of(driver), 44'100U) << "the first one decides";
}

TEST(EngineRate, Is_the_devices_own_where_it_takes_no_other) {
  Client client;
  AssembledDriver driver({}, 1, faults());
  open(driver, client, 44'100);
  EXPECT_EQ(rate_of(driver), 48'000U);
}

TEST(EngineRate, Is_the_configured_one_whatever_a_stream_has) {
  Client client;
  configuration::Configuration configuration;
  configuration.rate = 32'000;
  AssembledDriver driver(configuration, 1, of_any_rate());
  open(driver, client, 44'100);
  EXPECT_EQ(rate_of(driver), 32'000U);
}

/// A player that plays files one after the other. The device lingers at the rate of the previous file.
TEST(EngineRate, Follows_the_next_stream_once_no_other_is_open) {
  Client first;
  Client second;
  auto device = of_any_rate();
  AssembledDriver driver(lingering(60'000), 1, device);
  open(driver, first, 44'100);
  driver.write(first, kPeriod);
  EXPECT_TRUE(eventually([&] { return first.all_done(); }));
  EXPECT_EQ(driver.close(first), core::Error::none);
  open(driver, second, 96'000);
  EXPECT_EQ(rate_of(driver), 96'000U);
  driver.write(second, kPeriod);
  EXPECT_TRUE(eventually([&] { return second.all_done(); }));
  EXPECT_EQ(device->alive, 1U);
}

TEST(EngineRate, Keeps_a_lingering_device_that_has_refused_the_rate_before) {
  Client first;
  Client second;
  auto device = faults();
  AssembledDriver driver(lingering(60'000), 1, device);
  open(driver, first, 44'100);
  EXPECT_EQ(driver.close(first), core::Error::none);
  open(driver, second, 44'100);
  EXPECT_EQ(device->opens, 1U);
}

/// A device that the clock has replaced is opened at the same rate again.
TEST(EngineRate, Is_kept_over_a_loss) {
  Client client;
  auto device = of_any_rate();
  device->lost_after = 3;
  AssembledDriver driver({}, 1, device);
  open(driver, client, 44'100);
  for (int i = 0; i < 300; ++i) driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return test::device_in_use(driver) == "clocked"; }));
  device->lost_after = 0;
  EXPECT_TRUE(eventually([&] { return test::device_in_use(driver) == "faulty"; }));
  EXPECT_EQ(rate_of(driver), 44'100U);
  EXPECT_EQ(driver.reset(client), core::Error::none);
}

TEST(EngineRate, Of_playback_stays_another_one_when_its_device_is_lost) {
  Client client;
  auto broken = faults();
  AssembledDriver driver({}, 1, broken);
  ASSERT_EQ(driver.open(client), core::Error::none);
  driver.streams->set_speed(client.handle, control::SpeedPart::rate, dsp::kUnity * 2);
  driver.streams->set_speed(client.handle, control::SpeedPart::pitch, dsp::kUnity * 2);
  for (int i = 0; i < 60; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 20; }));
  const std::uint64_t before = driver.position(client);
  broken->does_not_open = true;
  broken->callback(0)->on_lost();
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_GE(driver.position(client), before);
  EXPECT_TRUE(eventually([&] { return driver.position(client) == 60U * kPeriod; }));
}

}  // namespace
}  // namespace refwave::engine
