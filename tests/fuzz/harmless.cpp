#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

/// Returns: the code point at the front of `text`, and takes it off; a number beyond Unicode if it is none.
char32_t take(std::string_view& text) {
  constexpr char32_t kNone = 0x110000;
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || text.size() <= more) return kNone;
  char32_t code = more == 0 ? first : first & (0x3FU >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return kNone;
    code = code << 6 | (next & 0x3FU);
  }
  text.remove_prefix(more + 1);
  const bool is_surrogate = code >= 0xD800 && code < 0xE000;
  return code < kLeast[more] || is_surrogate ? kNone : code;
}

}  // namespace

void require_harmless(std::string_view line) {
  for (std::string_view rest = line; !rest.empty();) {
    const char32_t code = take(rest);
    require(code < 0x110000, "text is UTF-8: " + std::string(line));
    const bool is_control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    require(!is_control, "text has no control characters: " + std::string(line));
  }
}

}  // namespace refwave::fuzz
