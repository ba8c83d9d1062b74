// The name of the program that this process runs, and the number of the process. One source file for each
// system. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace refwave::hal {

/// Returns: the file name of its executable, without folders, in UTF-8; empty if the system does not tell.
std::string program_name();
/// Returns: the number that the system knows this process by.
std::uint32_t process_number();

}  // namespace refwave::hal
