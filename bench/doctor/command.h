// The subcommand `refwave doctor`.
#pragma once

#include <string>

#include "driver/cli/wave_client/driver_options.h"

namespace refwave::doctor {

struct DoctorOptions {
  cli::DriverOptions driver;
  std::string program;  // a folder, or an .exe, whose winmm.dll and refwave.drv are to be looked at
  std::string report;   // file for an issue; empty: none
  bool json = false;
};

/// Runs the subcommand to its end. Returns: the exit status: 0 if all is right, 1 if something is not.
/// Throws: cli::Failure.
int doctor(const DoctorOptions& options);

}  // namespace refwave::doctor
