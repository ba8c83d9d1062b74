// The length of a processor's cache line, which all of the driver's layouts count on.
#pragma once

#include <cstddef>

namespace refwave::hal {

inline constexpr std::size_t kCacheLine = 64;

}  // namespace refwave::hal
