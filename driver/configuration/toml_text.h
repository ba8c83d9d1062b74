// toml++, and the place of its nodes in the text.
#pragma once

// toml++ asserts what it then reports as an error. A broken file must not end the program.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <cstddef>
#include <string_view>

namespace refwave::configuration {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// toml++ recurses into each part of a dotted key, so too many dots in a line are an error.
inline toml::parse_result parse_document(std::string_view text) {
  constexpr std::size_t kMostDots = 500;
  toml::source_position line{1, 1};
  std::size_t dots = 0;
  for (const char letter : text) {
    dots = letter == '\n' ? 0 : dots + (letter == '.' ? 1 : 0);
    line.line += letter == '\n' ? 1 : 0;
    if (dots > kMostDots) return toml::parse_result(toml::parse_error("a line of more than 500 dots", line));
  }
  return toml::parse(text);
}

/// Returns: the index of the byte at `position`, whose columns toml++ counts in code points.
inline std::size_t index_of(std::string_view text, toml::source_position position) {
  std::size_t index = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  for (toml::source_index line = 1; line < position.line; ++line) index = text.find('\n', index) + 1;
  for (toml::source_index column = 1; column < position.column && index < text.size(); ++column) {
    do index += 1;
    while (index < text.size() && (static_cast<unsigned char>(text[index]) & 0xC0) == 0x80);
  }
  return index;
}

inline std::string_view as_written(std::string_view text, const toml::node& node) {
  const std::size_t begin = index_of(text, node.source().begin);
  return text.substr(begin, index_of(text, node.source().end) - begin);
}

}  // namespace refwave::configuration
