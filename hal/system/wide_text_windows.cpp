// Windows documentation: "MultiByteToWideChar", "WideCharToMultiByte", "FormatMessageW function".
#include <windows.h>

#include <iterator>

#include "hal/system/wide_text.h"

namespace refwave::hal {

std::wstring to_wide(std::string_view utf8, IfInvalid if_invalid) {
  const DWORD flags = if_invalid == IfInvalid::give_up ? MB_ERR_INVALID_CHARS : 0;
  const int bytes = static_cast<int>(utf8.size());
  const int units = MultiByteToWideChar(CP_UTF8, flags, utf8.data(), bytes, nullptr, 0);
  std::wstring text(static_cast<std::size_t>(units), L'\0');
  MultiByteToWideChar(CP_UTF8, flags, utf8.data(), bytes, text.data(), units);
  return text;
}

std::string to_utf8(std::wstring_view utf16, IfInvalid if_invalid) {
  const DWORD flags = if_invalid == IfInvalid::give_up ? WC_ERR_INVALID_CHARS : 0;
  const int units = static_cast<int>(utf16.size());
  const int bytes = WideCharToMultiByte(CP_UTF8, flags, utf16.data(), units, nullptr, 0, nullptr, nullptr);
  std::string text(static_cast<std::size_t>(bytes), '\0');
  WideCharToMultiByte(CP_UTF8, flags, utf16.data(), units, text.data(), bytes, nullptr, nullptr);
  return text;
}

std::string words_for(unsigned long error) {
  wchar_t text[512];
  const DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                                      error, 0, text, static_cast<DWORD>(std::size(text)), nullptr);
  std::string words = to_utf8({text, length});
  while (!words.empty() && (words.back() == '\n' || words.back() == '\r' || words.back() == '.'))
    words.pop_back();
  return words.empty() ? "error " + std::to_string(error) : words;
}

}  // namespace refwave::hal
