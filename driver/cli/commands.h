// The subcommands that live here and what each is given. main.cpp fills the options from the command line;
// one file runs each subcommand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "driver/cli/wave_client/driver_options.h"

namespace refwave::cli {

/// What `refwave play` is given.
struct PlayOptions {
  DriverOptions driver;
  std::vector<std::string> files;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: two periods at least, and what the device delays
  std::uint32_t volume_percent = 100;
  double speed = 1;
  double pitch = 1;
  std::string raw;          // empty: files have headers
  double seek_seconds = 0;  // where the first file begins
  std::uint32_t loops = 1;  // 0: without end
  bool quiet = false;
};

/// What `refwave record` is given.
struct RecordOptions {
  DriverOptions driver;
  std::string file;
  double seconds = 0;  // 0: until Ctrl-C
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  std::string bits = "16";
  std::string raw;  // empty: a file with a header
};

/// What `refwave devices` is given.
struct DevicesOptions {
  DriverOptions driver;
  bool json = false;
  bool names = false;
};

/// What `refwave config` is given.
struct ConfigOptions {
  bool check = false;
  bool dialog = false;
};

/// Each runs one subcommand to its end. Returns: the exit status. Throws: Failure.
int play(const PlayOptions& options);
int record(const RecordOptions& options);
int devices(const DevicesOptions& options);
int config(const ConfigOptions& options);

}  // namespace refwave::cli
