// The parts that differ by the system on which the host runs: folders, environment, the narrow code page. Any
// thread.
#pragma once

#include <filesystem>
#include <string>

#include "driver/host/text.h"

namespace refwave::host {

/// Returns: the variable as UTF-8; empty if it is not set.
std::string environment(const char* name);

std::filesystem::path program_folder();

/// Returns: the folder of the module that this code is linked into.
std::filesystem::path library_folder();

/// Returns: the SYSTEM.INI-style file; empty if no such file is used.
std::string system_ini();

/// Returns: the text in the narrow code page, as functions whose names end in A return it.
std::string to_narrow(WideView text);

}  // namespace refwave::host
