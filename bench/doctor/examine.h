// This machine, all of it. Main thread.
#pragma once

#include "bench/doctor/command.h"
#include "bench/doctor/page/facts.h"

namespace refwave::doctor {

/// What a page is made of, and what a report adds.
struct Examination {
  Facts facts;
  std::string configuration;  // every key in effect, a line each
};

/// Effects: loads drivers, asks sound servers, plays silence for a second. Nothing that hangs keeps it for
/// more than about four seconds.
Examination examine(const DoctorOptions& options);

}  // namespace refwave::doctor
