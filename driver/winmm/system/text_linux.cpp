#include "driver/winmm/system/text.h"

#include <filesystem>

namespace refwave::winmm {

// std::filesystem::path is the standard library's converter between the two: nothing here is a file name.

std::u16string to_utf16(std::string_view utf8) {
  try {
    return std::filesystem::path(std::u8string(utf8.begin(), utf8.end())).u16string();
  } catch (const std::filesystem::filesystem_error&) {
    return {};
  }
}

std::string to_utf8(const WCHAR* text) {
  if (text == nullptr) return {};
  try {
    const std::u8string utf8 = std::filesystem::path(text).u8string();
    return {utf8.begin(), utf8.end()};
  } catch (const std::filesystem::filesystem_error&) {
    return {};
  }
}

}  // namespace refwave::winmm
