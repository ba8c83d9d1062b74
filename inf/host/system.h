// What differs by system: folders, environment, the narrow code page. Any thread.
#pragma once

#include <filesystem>
#include <string>

#include "inf/host/text.h"

namespace refwave::host {

/// Returns: the variable as UTF-8; empty if it is not set.
std::string environment(const char* name);

std::filesystem::path program_folder();

/// Returns: the folder of the module that this code is linked into.
std::filesystem::path library_folder();

/// Returns: the SYSTEM.INI-style file of REFWAVE_SYSTEM_INI, else the user's, if it exists; else empty.
std::string system_ini();

/// Returns: the place of the user's SYSTEM.INI-style file; empty on Windows.
std::string system_ini_of_user();

/// Returns: the text in the narrow code page, as functions ending in A return it.
std::string to_narrow(WideView text);

}  // namespace refwave::host
