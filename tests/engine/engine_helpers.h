// The common part of the engine's tests: an output device whose faults a test chooses.
#pragma once

#include <memory>
#include <string>

#include "tests/stream/assembled_driver.h"

namespace refwave::test {

inline constexpr std::uint32_t kPeriod = 480;  // frames: ten milliseconds

inline std::shared_ptr<Faults> faults() { return std::make_shared<Faults>(); }

inline constexpr std::uint32_t kSoon = 350;  // in milliseconds; a device that starts later is late

/// Returns: settings under which a device has to start soon.
inline configuration::Configuration impatient() {
  configuration::Configuration configuration;
  configuration.start_ms = kSoon;
  return configuration;
}

/// Returns: settings under which an idle device is closed after `ms` milliseconds.
inline configuration::Configuration lingering(std::uint32_t ms) {
  configuration::Configuration configuration;
  configuration.linger_ms = ms;
  configuration.start_ms = kSoon;
  return configuration;
}

/// Returns: the name of the output's sound device; empty if none is open.
inline std::string device_in_use(AssembledDriver& driver) { return driver.output->statistics().name; }

/// Effects: opens a stream without a write, and waits until its device has been closed. Returns: whether it
/// was. `driver`: lingering(0).
inline bool open_until_let_go(AssembledDriver& driver, Client& client) {
  driver.open(client);
  return eventually([&] { return device_in_use(driver).empty(); });
}

}  // namespace refwave::test
