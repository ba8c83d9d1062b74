// Columns of UTF-8 text, counted in letters. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace refwave::cli {

inline std::size_t letters_of(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

/// Returns: the text, and blanks after it.
inline std::string left(std::string text, std::size_t width) {
  const std::size_t letters = letters_of(text);
  return text.append(width > letters ? width - letters : 0, ' ');
}

/// Returns: the text and blanks before it.
inline std::string right(const std::string& text, std::size_t width) {
  const std::size_t letters = letters_of(text);
  return std::string(width > letters ? width - letters : 0, ' ') + text;
}

/// Returns: the text with its ASCII letters in lower case, as Windows compares names.
inline std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

/// Returns: the text in ASCII: the other letters that reports use are replaced.
inline std::string plain(std::string text) {
  for (const auto& [fancy, ascii] : {std::pair{"µ", "u"}, std::pair{"×", "x"}, std::pair{"…", "..."}}) {
    for (std::size_t at = 0; (at = text.find(fancy, at)) != std::string::npos;)
      text.replace(at, std::string_view(fancy).size(), ascii);
  }
  return text;
}

inline constexpr std::size_t kUsualColumns = 80;

/// Returns: COLUMNS of the environment if that is a number, else `shown`; never fewer than 40.
std::size_t columns_wanted(std::size_t shown);

/// Returns: the text in lines of no more than `columns` letters, broken at blanks; lines after the first
/// begin with `indent` blanks. `used`: letters that the first line has already.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent = 0, std::size_t used = 0);

}  // namespace refwave::cli
