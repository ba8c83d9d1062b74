// What the system says of the calling thread. One source file a system.
#pragma once

#include <cstddef>
#include <string>

namespace refwave::test {

std::string name_of_this_thread();
std::size_t stack_bytes_of_this_thread();

}  // namespace refwave::test
