// The name of the program that has loaded the driver. Any thread.
#pragma once

#include <string>

namespace refwave::control {

/// Returns: the file name of its executable, without folders, in UTF-8; empty if the system does not tell.
std::string program_name();

}  // namespace refwave::control
