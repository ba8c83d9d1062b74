// Decoders that take one code point at a time and replace invalid parts. The last error is thread-local.
#include "driver/host/text.h"

#include <winmm_host.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace refwave::host {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_surrogate(char32_t code) { return code >= 0xD800 && code <= 0xDFFF; }

/// Effects: takes one code point off the front.
char32_t take_utf8(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || text.size() < more) return kReplacement;
  char32_t code = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return kReplacement;
    code = code << 6 | (next & 0x3Fu);
  }
  constexpr std::array<char32_t, 4> kShortestForm = {0, 0x80, 0x800, 0x10000};
  if (code < kShortestForm[more] || code > 0x10FFFF || is_surrogate(code)) return kReplacement;
  text.remove_prefix(more);
  return code;
}

/// Effects: takes one code point off the front.
char32_t take_utf16(WideView& text) {
  const char32_t first = text.front();
  text.remove_prefix(1);
  if (!is_surrogate(first)) return first;
  if (first >= 0xDC00 || text.empty() || (text.front() & 0xFC00) != 0xDC00) return kReplacement;
  const char32_t second = text.front();
  text.remove_prefix(1);
  return 0x10000 + ((first & 0x3FF) << 10 | (second & 0x3FF));
}

void append_utf8(std::string& text, char32_t code) {
  const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
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

std::string& last_error() {
  thread_local std::string text;
  return text;
}

}  // namespace

WideText to_utf16(std::string_view utf8) {
  WideText text;
  while (!utf8.empty()) {
    const char32_t code = take_utf8(utf8);
    if (code < 0x10000) {
      text.push_back(static_cast<WCHAR>(code));
    } else {
      text.push_back(static_cast<WCHAR>(0xD800 + ((code - 0x10000) >> 10)));
      text.push_back(static_cast<WCHAR>(0xDC00 + (code & 0x3FF)));
    }
  }
  return text;
}

std::string to_utf8(WideView utf16) {
  std::string text;
  while (!utf16.empty()) append_utf8(text, take_utf16(utf16));
  return text;
}

std::filesystem::path to_path(std::string_view utf8) { return std::u8string(utf8.begin(), utf8.end()); }

std::string path_text(const std::filesystem::path& path) {
  const std::u8string utf8 = path.u8string();
  return {utf8.begin(), utf8.end()};
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

void set_last_error(std::string text) { last_error() = std::move(text); }

}  // namespace refwave::host

LPCSTR WINAPI winmm_host_last_error() { return refwave::host::last_error().c_str(); }
