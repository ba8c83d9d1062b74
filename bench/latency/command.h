// What `refwave latency` is given.
#pragma once

#include <cstdint>
#include <string>

#include "driver/cli/wave_client/driver_options.h"

namespace refwave::latency {

struct LatencyOptions {
  cli::DriverOptions driver;
  double seconds = 5;
  std::uint32_t streams = 1;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string parameters;          // DRV_OPEN string of driver.driver, if that is measured
  std::string json;                // file, "-" for standard output; empty: none
  std::string html;                // file; empty: none
  std::string hgrm;                // file; empty: none
};

}  // namespace refwave::latency
