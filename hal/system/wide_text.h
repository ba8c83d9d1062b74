// Conversion between UTF-16 and the UTF-8 of everything else here, and Windows' text for an error. Any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace refwave::hal {

/// The result for invalid text: U+FFFD for each mistake, or an empty text.
enum class IfInvalid : std::uint8_t { replace, give_up };

/// `Unit`: char16_t, or wchar_t as Windows has it.
template <typename Unit>
std::basic_string<Unit> to_utf16(std::string_view utf8, IfInvalid if_invalid = IfInvalid::replace);
std::string to_utf8(std::u16string_view utf16, IfInvalid if_invalid = IfInvalid::replace);
std::string to_utf8(std::wstring_view utf16, IfInvalid if_invalid = IfInvalid::replace);

inline std::wstring to_wide(std::string_view utf8, IfInvalid if_invalid = IfInvalid::replace) {
  return to_utf16<wchar_t>(utf8, if_invalid);
}

/// Returns: the system's text for a value of GetLastError(), without its full stop and line end. Windows
/// only.
std::string words_for(unsigned long error);

}  // namespace refwave::hal
