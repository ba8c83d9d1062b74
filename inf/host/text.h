// Windows' UTF-16, the UTF-8 of all else, and this thread's last failure. Any thread.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

#include "hal/system/path_text.h"
#include "hal/system/wide_text.h"

namespace refwave::host {

/// UTF-16, in the type that the system uses for it: char16_t on Linux, wchar_t on Windows.
using WideText = std::basic_string<WCHAR>;
using WideView = std::basic_string_view<WCHAR>;

using hal::lower;
using hal::path_text;
using hal::to_path;
using hal::to_utf8;
inline WideText to_utf16(std::string_view utf8) { return hal::to_utf16<WCHAR>(utf8); }

/// Effects: winmm_host_last_error() returns it to this thread.
void set_last_error(std::string text);

}  // namespace refwave::host
