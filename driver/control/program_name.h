// The name of the program that has loaded the driver. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace refwave::control {

/// Returns: the file name of its executable, without folders, in UTF-8; empty if the system does not tell.
std::string program_name();
/// Returns: the number that the system knows it by.
std::uint32_t process_number();

}  // namespace refwave::control
