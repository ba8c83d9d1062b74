#pragma once

#include <cstdint>

namespace refwave::hal {

/// The answer to an open whose device cannot be opened.
enum class Fallback : std::uint8_t {
  clocked,  // the last backend's device serves, unless there is no device of that name
  none,     // an error
};

}  // namespace refwave::hal
