#include "driver/winmm/system/text.h"
#include "hal/system/wide_text.h"

namespace refwave::winmm {

std::u16string to_utf16(std::string_view utf8) {
  const std::wstring text = hal::to_wide(utf8, hal::IfInvalid::give_up);
  return {text.begin(), text.end()};
}

std::string to_utf8(const WCHAR* text) {
  return text == nullptr ? std::string{} : hal::to_utf8(text, hal::IfInvalid::give_up);
}

}  // namespace refwave::winmm
