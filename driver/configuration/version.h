#pragma once

#include <cstdint>
#include <string_view>

namespace refwave::configuration {

/// Returns: "major.minor.patch".
std::string_view version();

/// Returns: the major version in the high byte, the minor one in the low byte.
std::uint16_t version_word();

}  // namespace refwave::configuration
