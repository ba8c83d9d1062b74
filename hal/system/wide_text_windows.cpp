// Windows documentation: "FormatMessageW function".
#include <windows.h>

#include <iterator>

#include "hal/system/wide_text.h"

namespace refwave::hal {

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
