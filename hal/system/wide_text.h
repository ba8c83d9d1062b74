// Conversion between Windows' UTF-16 and the UTF-8 of everything else here, and Windows' text for an error.
// Windows only, because other systems have nothing to convert. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace refwave::hal {

/// The result for invalid text: U+FFFD for each mistake, or an empty text.
enum class IfInvalid : std::uint8_t { replace, give_up };

std::wstring to_wide(std::string_view utf8, IfInvalid if_invalid = IfInvalid::replace);
std::string to_utf8(std::wstring_view utf16, IfInvalid if_invalid = IfInvalid::replace);

/// Returns: the system's text for a value of GetLastError(), without its full stop and line end.
std::string words_for(unsigned long error);

}  // namespace refwave::hal
