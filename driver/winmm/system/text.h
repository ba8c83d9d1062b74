// UTF-8 inside, UTF-16 at the ABI. Ill-formed text becomes empty.
#pragma once

#include <string>
#include <string_view>

#include "driver/host/windows_headers.h"

namespace refwave::winmm {

std::u16string to_utf16(std::string_view utf8);
/// `text`: ends with 0; null is empty.
std::string to_utf8(const WCHAR* text);

}  // namespace refwave::winmm
