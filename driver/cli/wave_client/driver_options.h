// The options that go to the driver: they become its DRV_OPEN string, and so override refwave.toml.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "driver/configuration/configuration.h"

namespace refwave::cli {

struct DriverOptions {
  std::string driver;  // path; empty: refwave.drv beside the command
  std::string device;  // empty: as configured
  std::string period;  // these five: empty if not given
  std::string rate;
  std::string completion;
  std::string wake;
  std::string done;
  std::string capture;                // path of a WAV file
  std::vector<std::string> settings;  // key=value each, as the DRV_OPEN string has them
  std::string parameters;  // the whole DRV_OPEN string of another driver; empty: made of the others
};

/// Returns: ";key=\"value\"", as a DRV_OPEN string has it, or nothing for an empty value.
std::string setting(std::string_view key, std::string_view value);

/// Returns: the DRV_OPEN string for `options`: its parameters, if there are any. If a device was named, no
/// other device may replace it: fallback=none. Throws: Failure if the configuration would not accept it.
std::string open_string(const DriverOptions& options);

/// Returns: the configuration that refwave.drv will have with `options`.
configuration::Configuration configuration_with(const DriverOptions& options);

}  // namespace refwave::cli
