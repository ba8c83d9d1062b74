// Conversion between UTF-16 and the UTF-8 of everything else here, and Windows' text for an error. Any
// thread.
#pragma once

#include <cstddef>
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

/// Returns: the longest beginning of a UTF-8 text that has `most` bytes at most and does not end inside a
/// letter.
inline std::string_view whole_letters(std::string_view utf8, std::size_t most) {
  if (utf8.size() <= most) return utf8;
  const auto continues_letter = [&](std::size_t at) {
    return (static_cast<unsigned char>(utf8[at]) & 0xC0U) == 0x80U;
  };
  // Three bytes at most follow a letter's first one; more are no letter.
  for (std::size_t cut = most, back = 0; back <= 3; --cut, ++back) {
    if (!continues_letter(cut)) return utf8.substr(0, cut);
    if (cut == 0) break;
  }
  return utf8.substr(0, most);
}

/// Returns: the system's text for a value of GetLastError(), without its full stop and line end. Windows
/// only.
std::string words_for(unsigned long error);

}  // namespace refwave::hal
