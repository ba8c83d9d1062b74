#include "driver/winmm/text.h"

namespace refwave::winmm {

std::u16string to_utf16(std::string_view utf8) {
  const int bytes = static_cast<int>(utf8.size());
  const int units = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), bytes, nullptr, 0);
  std::wstring text(static_cast<std::size_t>(units), L'\0');
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), bytes, text.data(), units);
  return {text.begin(), text.end()};
}

std::string to_utf8(const WCHAR* text) {
  if (text == nullptr) return {};
  const int units = static_cast<int>(std::wstring_view(text).size());
  const int bytes =
      WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text, units, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<std::size_t>(bytes), '\0');
  WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text, units, utf8.data(), bytes, nullptr, nullptr);
  return utf8;
}

}  // namespace refwave::winmm
