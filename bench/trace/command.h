// The subcommand `refwave trace`.
#pragma once

#include <cstdint>
#include <string>

#include "driver/cli/wave_client/driver_options.h"

namespace refwave::trace {

struct TraceOptions {
  cli::DriverOptions driver;
  double seconds = 1;
  std::uint32_t streams = 1;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string output;              // file, or "-" for standard output
};

/// Runs the subcommand to its end. Returns: the exit status. Throws: cli::Failure.
int trace_buffers(const TraceOptions& options);

}  // namespace refwave::trace
