// Collects all facts of this machine. Main thread.
#pragma once

#include <filesystem>
#include <string>

#include "bench/doctor/page/facts.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::doctor {

/// What `refwave doctor` is given.
struct DoctorOptions {
  cli::DriverOptions driver;
  std::string program;  // the folder or .exe of a program that has a drop-in; empty: none
  std::string report;   // file for an issue; empty: none
  bool json = false;
};

/// The facts for the page, and the configuration that only a report holds.
struct Examination {
  Facts facts;
  std::string configuration;  // every key in effect, a line each
};

/// The winmm.dll and the refwave.drv beside one program of Windows: whether both are there, are refwave's,
/// and have the program's bitness. Reads files, on any system. Effects: adds the good files and the problems
/// to `drivers`. `program`: an .exe or a folder.
void look_at_dropin(const std::filesystem::path& program, Drivers& drivers);

/// Effects: loads drivers, asks sound servers, plays silence for a second. A server or device that hangs
/// delays it for about four seconds at most.
Examination examine(const DoctorOptions& options);

}  // namespace refwave::doctor
