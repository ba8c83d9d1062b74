// toml++, and the place of its nodes in the text from which they were read. Only two files use it. It is
// compiled without toml++'s exceptions and writers (see CMakeLists.txt).
#pragma once

// toml++ asserts of the next letter what it then examines, and reports as an error where it is none. A broken
// file must not end the program, and the compiler must not assume that there is none.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <cstddef>
#include <string_view>

namespace refwave::configuration {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

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

/// Returns: the node as it stands in the document.
inline std::string_view as_written(std::string_view text, const toml::node& node) {
  const std::size_t begin = index_of(text, node.source().begin);
  return text.substr(begin, index_of(text, node.source().end) - begin);
}

}  // namespace refwave::configuration
