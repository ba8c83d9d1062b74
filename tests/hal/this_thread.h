// The system's facts about the calling thread. Each system has its own source file.
#pragma once

#include <cstddef>
#include <string>

namespace refwave::test {

std::string name_of_this_thread();
std::size_t stack_bytes_of_this_thread();

}  // namespace refwave::test
