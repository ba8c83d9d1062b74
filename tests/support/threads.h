// What the system tells of this process's threads. Each system has its own source file.
#pragma once

#include <cstddef>
#include <string>

namespace refwave::test {

std::string name_of_this_thread();
std::size_t stack_bytes_of_this_thread();
/// Returns: how many living threads have a name that the driver gives.
std::size_t threads_of_the_driver();

}  // namespace refwave::test
