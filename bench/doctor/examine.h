// Collects all facts of this machine. Main thread.
#pragma once

#include "bench/doctor/command.h"
#include "bench/doctor/page/facts.h"

namespace refwave::doctor {

/// The facts for the page, and the configuration that only a report holds.
struct Examination {
  Facts facts;
  std::string configuration;  // every key in effect, a line each
};

/// Effects: loads drivers, asks sound servers, plays silence for a second. A server or device that hangs
/// delays it for about four seconds at most.
Examination examine(const DoctorOptions& options);

}  // namespace refwave::doctor
