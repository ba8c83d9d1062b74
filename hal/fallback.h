// What an open does when the wanted device does not open.
#pragma once

#include <cstdint>

namespace refwave::hal {

/// The answer to an open whose device cannot be opened.
enum class Fallback : std::uint8_t {
  clocked,  // the clocked device serves; Devices::open() refuses a name that no device has
  none,     // an error
};

}  // namespace refwave::hal
