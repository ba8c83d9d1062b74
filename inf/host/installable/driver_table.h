// Which drivers are registered, and where their files are. The first of these that exists is used: the
// process's own registrations, REFWAVE_DRIVER, the SYSTEM.INI-style file. If there is no such file, the
// refwave.drv beside the host is used. This code finds drivers and loads none. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace refwave::host {

/// A driver found: the file to load and the string that follows it in its registration.
struct DriverLocation {
  std::string path;         // empty if nothing was found; `error` then says why
  std::string parameters;   // UTF-8
  std::string origin;       // the place that named it, as an error begins: "/etc/system.ini:3: wave1"
  std::string error;        // one line
  bool registered = false;  // there is such a key, whether or not its file was found

  bool found() const { return !path.empty(); }
};

/// Returns: the driver that `key` of [section] names.
DriverLocation find_registered_driver(std::string_view section, std::string_view key);

/// Returns: the driver that `name` means, as OpenDriver without a section finds it. `name` is a file name,
/// perhaps with a parameter string; the file name is absolute, or relative to the current folder, the
/// program's or libwinmm's. If there is no such file, `name` is a key of [drivers32] or [drivers].
DriverLocation find_driver(std::string_view name);

}  // namespace refwave::host
