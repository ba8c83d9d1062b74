// The facts as each system reports them. Each function has one source file for each system. Main
// thread, unless the function says otherwise. No function takes longer than two seconds, even if a server
// hangs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/doctor/page/facts.h"
#include "bench/doctor/page/page.h"

namespace refwave::doctor {

System this_system();

/// The wave drivers that programs find.
struct Registrations {
  Drivers drivers;
  std::string parameters;  // DRV_OPEN string of the first registration that is refwave
};

/// Effects: loads each registered driver and unloads it, on systems where programs do so. Precondition: this
/// process has not yet registered a driver of its own.
Registrations find_drivers(const std::filesystem::path& command_folder);

/// Returns: the sound servers that this system may have. Thread: any.
std::vector<Server> find_servers();

Rights find_rights();
/// Effects: measures for a third of a second. `root`: "/", or a folder in which a test has written its own
/// /proc and /sys.
Pace find_pace(const std::filesystem::path& root);

/// Returns: the user, whom a report must not name.
Person this_person();

}  // namespace refwave::doctor
