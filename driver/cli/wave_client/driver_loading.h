// Which wave driver this process uses, and when that driver is loaded and unloaded. One source file for
// each system implements it. Main thread.
#pragma once

#include <filesystem>
#include <string>

#include "driver/abi/windows_headers.h"

namespace refwave::cli {

/// Effects: makes wave functions of this process use `driver_file` alone, with `open_string` as its DRV_OPEN
/// string.
void use_driver(const std::filesystem::path& driver_file, const std::string& open_string);

/// Effects: opens that driver as OpenDriver does. Returns: null if that fails; load_error() then says why.
HDRVR open_driver();

/// Effects: drivers loaded from now on, by children of this process too, read no configuration of the user's.
void use_no_configuration_file();

/// Effects: unloads the drivers that the wave functions have loaded. It returns when the driver has closed
/// its devices, which is after the last frame was heard.
void unload_drivers();

/// Returns: what to do about a driver that is not beside the command.
std::string missing_driver_hint();

/// Returns: why the last attempt to load a driver failed, one line; empty if the system does not say.
std::string load_error();

}  // namespace refwave::cli
