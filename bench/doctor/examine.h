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

/// The facts for the page, and the configuration that only a report holds.
struct Examination {
  Facts facts;
  std::string configuration;  // every key in effect, a line each
};

/// Effects: loads drivers, plays silence for a second. A sound server or device that hangs delays it for
/// about four seconds at most.
Examination examine(const DoctorOptions& options);

}  // namespace refwave::doctor
