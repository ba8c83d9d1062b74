#include "hal/system/wide_text.h"

#include <array>
#include <cstdio>

namespace refwave::hal {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_surrogate(char32_t code) { return code >= 0xD800 && code <= 0xDFFF; }

template <typename Unit>
char32_t take_utf16(std::basic_string_view<Unit>& text) {
  const auto first = static_cast<char32_t>(text.front());
  text.remove_prefix(1);
  if (!is_surrogate(first)) return first;
  if (first >= 0xDC00 || text.empty() || (text.front() & 0xFC00) != 0xDC00) return kInvalid;
  const auto second = static_cast<char32_t>(text.front());
  text.remove_prefix(1);
  return 0x10000 + ((first & 0x3FF) << 10 | (second & 0x3FF));
}

void append_utf8(std::string& text, char32_t code) {
  const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
    return;
  }
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

template <typename Unit>
std::string from_utf16(std::basic_string_view<Unit> utf16, IfInvalid if_invalid) {
  std::string text;
  while (!utf16.empty()) {
    const char32_t code = take_utf16(utf16);
    if (code == kInvalid && if_invalid == IfInvalid::give_up) return {};
    append_utf8(text, code == kInvalid ? kReplacement : code);
  }
  return text;
}

}  // namespace

char32_t take_utf8(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || text.size() < more) return kInvalid;
  char32_t code = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return kInvalid;
    code = code << 6 | (next & 0x3Fu);
  }
  constexpr std::array<char32_t, 4> kShortestForm = {0, 0x80, 0x800, 0x10000};
  if (code < kShortestForm[more] || code > 0x10FFFF || is_surrogate(code)) return kInvalid;
  text.remove_prefix(more);
  return code;
}

std::string visible(std::string_view text) {
  const auto is_control = [](char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); };
  std::string result;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t code = take_utf8(text);
    const char first = before.front();
    std::array<char, 8> number{};
    if (first == '\n' || first == '\t' || first == '\r') {
      result += first == '\n' ? "\\n" : first == '\t' ? "\\t" : "\\r";
    } else if (code == kInvalid || (code < 0x80 && is_control(code))) {
      std::snprintf(number.data(), number.size(), "\\x%02x", unsigned{static_cast<unsigned char>(first)});
      result += number.data();
    } else if (is_control(code)) {
      std::snprintf(number.data(), number.size(), "\\u%04x", static_cast<unsigned>(code) & 0xFFFFU);
      result += number.data();
    } else {
      result += before.substr(0, before.size() - text.size());
    }
  }
  return result;
}

template <typename Unit>
std::basic_string<Unit> to_utf16(std::string_view utf8, IfInvalid if_invalid) {
  std::basic_string<Unit> text;
  while (!utf8.empty()) {
    char32_t code = take_utf8(utf8);
    if (code == kInvalid && if_invalid == IfInvalid::give_up) return {};
    if (code == kInvalid) code = kReplacement;
    if (code < 0x10000) {
      text.push_back(static_cast<Unit>(code));
    } else {
      text.push_back(static_cast<Unit>(0xD800 + ((code - 0x10000) >> 10)));
      text.push_back(static_cast<Unit>(0xDC00 + (code & 0x3FF)));
    }
  }
  return text;
}
template std::u16string to_utf16(std::string_view, IfInvalid);
template std::wstring to_utf16(std::string_view, IfInvalid);

std::string to_utf8(std::u16string_view utf16, IfInvalid if_invalid) { return from_utf16(utf16, if_invalid); }

std::string to_utf8(std::wstring_view utf16, IfInvalid if_invalid) { return from_utf16(utf16, if_invalid); }

}  // namespace refwave::hal
