// Conversion between UTF-16 and the UTF-8 of everything else here, Windows' text for an error, and whose text
// a process's environment is. Any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
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

/// What take_utf8() returns where the text is no UTF-8.
inline constexpr char32_t kInvalid = ~char32_t{0};
/// Effects: takes one code point, or one byte that begins none, off `text`. Returns: it, or kInvalid.
char32_t take_utf8(std::string_view& text);

/// Returns: the text with A to Z as a to z, as Windows compares names.
inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// Returns: the text without the white space around it.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

/// Returns: the longest beginning of a UTF-8 text of `most` bytes at most that does not end inside a letter.
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

/// Returns: UTF-8 on one line that no terminal obeys: controls and what is no UTF-8 become "\\n", "\\x1b".
std::string visible(std::string_view text);

/// Returns: the system's text for a GetLastError(), without full stop and line end. Windows only.
std::string words_for(unsigned long error);

/// Returns: whether this process has an administrator's rights. Windows only.
bool has_administrator_rights();

/// Returns: whether the process has the rights of an administrator that its user's other programs have not,
/// so that its environment may be theirs. Windows only.
bool is_elevated();

/// Returns: the variable's text, which may be empty; nothing if it is not set. Some systems fault when asked
/// for the length of an empty one alone. Windows only.
std::optional<std::wstring> environment_variable(const wchar_t* name);

}  // namespace refwave::hal
