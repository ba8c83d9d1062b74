// This process's threads. Each system has its own source file.
#pragma once

#include <cstddef>

namespace refwave::test {

/// Returns: how many living threads have a name that the driver gives.
std::size_t threads_of_the_driver();

}  // namespace refwave::test
