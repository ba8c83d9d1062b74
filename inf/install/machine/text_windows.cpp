#include "inf/install/machine/text_windows.h"

#include <windows.h>

namespace refwave::install {

std::wstring wide(const std::string& utf8) {
  const int size = static_cast<int>(utf8.size());
  std::wstring text(static_cast<std::size_t>(MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, nullptr, 0)),
                    0);
  MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, text.data(), static_cast<int>(text.size()));
  return text;
}

std::string narrow(const std::wstring& text) {
  const int size = static_cast<int>(text.size());
  const auto convert = [&](char* to, int room) {
    return WideCharToMultiByte(CP_UTF8, 0, text.data(), size, to, room, nullptr, nullptr);
  };
  std::string utf8(static_cast<std::size_t>(convert(nullptr, 0)), 0);
  convert(utf8.data(), static_cast<int>(utf8.size()));
  return utf8;
}

SystemError system_error(const std::string& what, unsigned long code) {
  wchar_t words[512];
  const DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                                      code, 0, words, static_cast<DWORD>(std::size(words)), nullptr);
  std::string why = narrow({words, length});
  while (!why.empty() && (why.back() == '\n' || why.back() == '\r' || why.back() == '.')) why.pop_back();
  return SystemError(what + ": " + (why.empty() ? "error " + std::to_string(code) : why));
}

SystemError last_error(const std::string& what) { return system_error(what, GetLastError()); }

}  // namespace refwave::install
