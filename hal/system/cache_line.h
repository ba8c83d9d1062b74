// The length of a processor's cache line, on which all layouts of the driver are based.
#pragma once

#include <cstddef>

namespace refwave::hal {

inline constexpr std::size_t kCacheLine = 64;

}  // namespace refwave::hal
