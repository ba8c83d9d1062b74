// The parts that differ by the system on which the host runs: folders, environment, the narrow code page. Any
// thread.
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

/// Returns: the SYSTEM.INI-style file that REFWAVE_SYSTEM_INI names; otherwise the user's own, if there is
/// one; otherwise empty.
std::string system_ini();

/// Returns: the path at which the user's own SYSTEM.INI-style file is looked for; empty if the system has
/// none.
std::string system_ini_of_user();

/// Returns: the text in the narrow code page, as functions whose names end in A return it.
std::string to_narrow(WideView text);

}  // namespace refwave::host
