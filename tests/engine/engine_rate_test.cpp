// The rate of a device, if the configuration sets none: the first stream's, if the device takes it.
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;

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
  device->takes_any_rate = true;
  open(client, 44'100);
  EXPECT_EQ(rate(), 44'100U);
  open(other, 96'000);
  EXPECT_EQ(rate(), 44'100U) << "the first one decides";
}

TEST_F(EngineRate, Is_the_devices_own_where_it_takes_no_other) {
  open(client, 44'100);
  EXPECT_EQ(rate(), 48'000U);
}

TEST_F(EngineRate, Is_the_configured_one_whatever_a_stream_has) {
  device->takes_any_rate = true;
  configuration::Configuration configuration;
  configuration.rate = 32'000;
  open(client, 44'100, configuration);
  EXPECT_EQ(rate(), 32'000U);
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

TEST_F(EngineRate, Keeps_a_lingering_device_that_has_refused_the_rate_before) {
  open(client, 44'100, lingering(60'000));
  EXPECT_EQ(driver->close(client), core::Error::none);
  open(other, 44'100);
  EXPECT_EQ(device->opens, 1U);
}

TEST_F(EngineRate, Is_kept_over_a_loss) {
  device->takes_any_rate = true;
  device->lost_after = 3;
  open(client, 44'100);
  write(300);
  EXPECT_TRUE(is_in_use("clocked"));
  device->lost_after = 0;
  EXPECT_TRUE(is_in_use("faulty"));
  EXPECT_EQ(rate(), 44'100U);
  EXPECT_EQ(driver->reset(client), core::Error::none);
}

}  // namespace
}  // namespace refwave::engine
