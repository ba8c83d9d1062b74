// The subcommand `refwave doctor`.
#pragma once

#include <string>

#include "driver/cli/wave_client/driver_options.h"

namespace refwave::doctor {

struct DoctorOptions {
  cli::DriverOptions driver;
  std::string program;  // the folder or .exe of a program that has a drop-in; empty: none
  std::string report;   // file for an issue; empty: none
  bool json = false;
};

/// Effects: runs the subcommand to its end. Returns: the exit status, 0 if everything is right, 1 if
/// something is not. Throws: cli::Failure.
int doctor(const DoctorOptions& options);

}  // namespace refwave::doctor
