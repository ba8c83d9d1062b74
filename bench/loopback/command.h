// The subcommand `refwave loopback`.
#pragma once

#include <cstdint>
#include <string>

#include "driver/cli/wave_client/driver_options.h"

namespace refwave::loopback {

struct LoopbackOptions {
  cli::DriverOptions driver;
  std::string capture_device;  // empty: the device that plays
  double seconds = 5;
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string json;                // file, "-" for standard output; empty: none
};

/// Effects: runs the subcommand to its end. Returns: the exit status. Throws: cli::Failure.
int measure_loopback(const LoopbackOptions& options);

}  // namespace refwave::loopback
