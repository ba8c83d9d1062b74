// This machine, one part at a time: what differs by system. One source file a system implements each. Main
// thread, if nothing else is said; nothing here takes longer than a second or two, whatever hangs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/doctor/page/discretion.h"
#include "bench/doctor/page/facts.h"

namespace refwave::doctor {

System this_system();

/// What programs find.
struct Registrations {
  Drivers drivers;
  std::string parameters;  // DRV_OPEN string of the first refwave among them
};

/// Effects: loads each driver that is registered and unloads it again, where programs do so. To be called
/// before this process registers a driver of its own.
Registrations find_drivers(const std::filesystem::path& command_folder);

/// Returns: the sound servers that this system may have. Thread: any.
std::vector<Server> find_servers();

Rights find_rights();
/// Effects: measures for a third of a second. `root`: "/", or a folder made up by a test with what Linux has
/// in /proc and /sys.
Pace find_pace(const std::filesystem::path& root);

/// Returns: whom a report is not to name.
Person this_person();

}  // namespace refwave::doctor
