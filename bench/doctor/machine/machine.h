// The facts that each system reports in its own way: one source file for each system. Main thread.
#pragma once

#include <filesystem>
#include <string>

#include "bench/doctor/page/discretion.h"
#include "bench/doctor/page/facts.h"

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

Rights find_rights();

/// Returns: the user, whom a report must not name.
Person this_person();

}  // namespace refwave::doctor
