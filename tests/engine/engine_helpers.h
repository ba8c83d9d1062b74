// Common to the engine's tests: a client, and an output device whose faults a test chooses.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "tests/stream/assembled_driver.h"

namespace refwave::test {

inline constexpr std::uint32_t kPeriod = 480;  // frames: ten milliseconds

inline std::shared_ptr<Faults> faults() { return std::make_shared<Faults>(); }

inline configuration::Configuration impatient() {
  configuration::Configuration configuration;
  configuration.start_ms = 350;  // a device that starts later is late
  return configuration;
}

/// Returns: settings under which an idle device is closed after `ms` milliseconds.
inline configuration::Configuration lingering(std::uint32_t ms) {
  configuration::Configuration configuration = impatient();
  configuration.linger_ms = ms;
  return configuration;
}

/// Returns: the name of the output's sound device; empty if none is open.
inline std::string device_in_use(AssembledDriver& driver) { return driver.output->statistics().name; }

/// A client's stream on a device with the faults that the test sets, before start() or later.
class EngineTest : public testing::Test {
 protected:
  /// Effects: makes the driver, and opens the client's stream.
  void start(const configuration::Configuration& configuration = {}) {
    driver.emplace(configuration, 1, device);
    ASSERT_EQ(driver->open(client), core::Error::none);
  }
  void write(int periods) {
    for (int i = 0; i < periods; ++i) driver->write(client, kPeriod);
  }
  /// Effects: the device is lost, or stops calling; it does not open again.
  void lose() {
    device->does_not_open = true;
    device->callback(0)->on_lost();
  }
  void fall_silent() {
    device->does_not_open = true;
    device->calls = false;
  }
  bool is_in_use(const std::string& name) {
    return eventually([&] { return device_in_use(*driver) == name; });
  }
  bool is_notified_of(std::size_t headers) {
    return eventually([&] { return client.done >= headers; });
  }
  /// Returns: whether all written headers complete, in order.
  static bool completes(Client& client) {
    return eventually([&] { return client.all_done(); }) && client.in_order();
  }
  bool completes() { return completes(client); }
  std::string event_log() { return driver->context.event_log->text(); }
  core::Stream& slot() { return driver->slot(0); }

  Client client;
  Client other;
  std::shared_ptr<Faults> device = faults();
  std::optional<AssembledDriver> driver;  // closes the clients' streams at its end
};

}  // namespace refwave::test
