// Collects all facts of this machine. Main thread.
#pragma once

#include <string>

#include "bench/doctor/page/facts.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::doctor {

/// What `refwave doctor` is given.
struct DoctorOptions {
  cli::DriverOptions driver;
  std::string report;  // file for an issue; empty: none
  bool json = false;
};

/// Effects: loads drivers, plays silence for a second. A sound server or device that hangs delays it for
/// about four seconds at most.
Facts examine(const DoctorOptions& options);

}  // namespace refwave::doctor
