// The registered drivers and their files. Used is the first of: the process's own registrations,
// REFWAVE_DRIVER, the SYSTEM.INI-style file, the refwave.drv beside the host. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace refwave::host {

struct DriverLocation {
  std::string path;         // empty if nothing was found; `error` then says why
  std::string parameters;   // UTF-8
  std::string origin;       // the place that named it, as an error begins: "/etc/system.ini:3: wave1"
  std::string error;        // one line
  bool registered = false;  // there is such a key, whether or not its file was found

  bool found() const { return !path.empty(); }
};

DriverLocation find_registered_driver(std::string_view section, std::string_view key);

/// Returns: the driver as OpenDriver without a section finds it. `name`: a file name, perhaps with a
/// parameter string, absolute or relative to the current folder, the program's or libwinmm's; or a key of
/// [drivers32].
DriverLocation find_driver(std::string_view name);

}  // namespace refwave::host
