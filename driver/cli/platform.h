// What the command asks of the system it runs on; one file a system implements it.
#pragma once

#include <filesystem>
#include <string>

namespace refwave::cli {

/// Returns: the folder that the running command lies in.
std::filesystem::path command_folder();

/// Returns: whether standard error is a terminal, so that a line there can be rewritten.
bool has_terminal();

/// Effects: makes wave functions of this process use `driver_file` alone, with `open_string` as its DRV_OPEN
/// string.
void use_driver(const std::filesystem::path& driver_file, const std::string& open_string);

/// Effects: drivers loaded from now on, by children of this process too, read no configuration of the user's.
void use_no_configuration_file();

/// Effects: unloads what the wave functions have loaded. Returns when the driver has let go of its devices,
/// and so when the last frame was heard.
void unload_drivers();

/// Returns: why the last attempt to load a driver failed, one line; empty if the system does not say.
std::string load_error();

}  // namespace refwave::cli
