// The subcommands and what each is given. main.cpp fills these from the command line; a file each runs one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "driver/cli/driver_options.h"

namespace refwave::cli {

struct PlayOptions {
  DriverOptions driver;
  std::vector<std::string> files;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: two periods
  std::uint32_t volume_percent = 100;
};

struct RecordOptions {
  DriverOptions driver;
  std::string file;
  double seconds = 0;  // 0: until Ctrl-C
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  std::string bits = "16";
};

struct DevicesOptions {
  DriverOptions driver;
  bool json = false;
};

struct LatencyOptions {
  DriverOptions driver;
  double seconds = 5;
  std::uint32_t streams = 1;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string parameters;          // DRV_OPEN string of driver.driver, if that is measured
  std::string json;                // file, "-" for standard output; empty: none
  std::string html;                // file; empty: none
};

struct TraceOptions {
  DriverOptions driver;
  double seconds = 1;
  std::uint32_t streams = 1;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string output;              // file
};

struct ConfigOptions {
  bool check = false;
};

struct ConformOptions {
  std::string driver;  // path; empty: refwave.drv beside the command
  std::string parameters;
  bool parameters_given = false;
  std::vector<std::string> rules;  // ids; none: all
  std::size_t at_once = 8;         // rules run beside each other: they wait more than they work
  std::uint32_t patience_s = 4;    // how long a rule waits for anything
  bool thorough = false;
  bool list = false;
  bool json = false;
  bool markdown = false;
};

/// Each runs one subcommand to its end. Returns: the exit status. Throws: Failure.
int play(const PlayOptions& options);
int record(const RecordOptions& options);
int devices(const DevicesOptions& options);
int measure_latency(const LatencyOptions& options);
int trace_buffers(const TraceOptions& options);
int config(const ConfigOptions& options);
int conform_driver(const ConformOptions& options);

}  // namespace refwave::cli
