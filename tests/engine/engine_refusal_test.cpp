// `fallback = none` when a device is lost: queued headers complete in time, and new headers are refused until
// the device is back.
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;

configuration::Configuration no_fallback() {
  configuration::Configuration configuration;
  configuration.fallback = configuration::Fallback::none;
  return configuration;
}

/// Returns: a device that plays a period in its own time, so that many are queued when it is lost.
std::shared_ptr<test::Faults> in_real_time() {
  auto device = faults();
  device->nap_us = 10'000;
  return device;
}

/// Effects: the device is lost after `queued` periods were written, of which it may have played some.
void lose(AssembledDriver& driver, Client& client, test::Faults& device, int queued) {
  device.does_not_open = true;
  for (int i = 0; i < queued; ++i) EXPECT_EQ(driver.write(client, kPeriod), core::Error::none);
  device.unplugged = true;
  ASSERT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
}

TEST(EngineRefusal, Completes_what_was_queued_when_the_device_is_lost) {
  Client client;
  auto device = in_real_time();
  AssembledDriver driver(no_fallback(), 1, device);
  driver.open(client);
  lose(driver, client, *device, 60);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(driver.output->statistics().losses, 1U);
}

TEST(EngineRefusal, Takes_nothing_new_until_the_device_is_back) {
  Client client;
  auto device = in_real_time();
  AssembledDriver driver(no_fallback(), 1, device);
  driver.open(client);
  lose(driver, client, *device, 200);
  const std::size_t accepted = client.sent.size();
  EXPECT_EQ(driver.write(client, kPeriod), core::Error::no_device);
  client.sent.pop_back();

  device->unplugged = false;
  device->does_not_open = false;
  ++device->changes;
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "faulty"; }));
  EXPECT_EQ(driver.write(client, kPeriod), core::Error::none);
  EXPECT_EQ(driver.output->statistics().returns, 1U);
  EXPECT_EQ(driver.reset(client), core::Error::none);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(client.done, accepted + 1);
}

TEST(EngineRefusal, Is_not_for_a_client_that_allows_the_clock) {
  Client client;
  auto device = faults();
  AssembledDriver driver({}, 1, device);
  driver.open(client);
  lose(driver, client, *device, 60);
  EXPECT_EQ(driver.write(client, kPeriod), core::Error::none);
  EXPECT_EQ(driver.reset(client), core::Error::none);
}

}  // namespace
}  // namespace refwave::engine
