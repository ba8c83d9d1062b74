// What the command asks of the system it runs on; one file a system implements what differs.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>

#include <filesystem>
#include <string>
#include <vector>

namespace refwave::cli {

/// Returns: the words of the command line behind the command's own name, as UTF-8.
std::vector<std::string> command_line(int count, char** words);

/// While it lives, the console shows UTF-8.
class Console {
 public:
  Console();
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

 private:
  unsigned page_before_;
};

/// Returns: the running command itself.
std::filesystem::path program_file();

/// Returns: the folder that it lies in.
std::filesystem::path command_folder();

/// Returns: whether standard error is a terminal on which a line can be rewritten.
bool has_terminal();

/// Effects: makes wave functions of this process use `driver_file` alone, with `open_string` as its DRV_OPEN
/// string.
void use_driver(const std::filesystem::path& driver_file, const std::string& open_string);

/// Effects: opens that driver as OpenDriver does. Returns: null if that fails; load_error() then says why.
HDRVR open_driver();

/// Effects: drivers loaded from now on, by children of this process too, read no configuration of the user's.
void use_no_configuration_file();

/// Effects: unloads what the wave functions have loaded. Returns when the driver has let go of its devices,
/// and so when the last frame was heard.
void unload_drivers();

/// Returns: why the last attempt to load a driver failed, one line; empty if the system does not say.
std::string load_error();

}  // namespace refwave::cli
