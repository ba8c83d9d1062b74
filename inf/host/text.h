// Windows' UTF-16 and the UTF-8 of everything else here, and the text of this thread's last failure. Any
// thread.
#pragma once

#include <windows.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "hal/system/wide_text.h"

namespace refwave::host {

/// UTF-16, in the type that the system uses for it: char16_t on Linux, wchar_t on Windows.
using WideText = std::basic_string<WCHAR>;
using WideView = std::basic_string_view<WCHAR>;

using hal::to_utf8;
inline WideText to_utf16(std::string_view utf8) { return hal::to_utf16<WCHAR>(utf8); }

/// The names of files. They are UTF-8 here, with any narrow code page of the system.
std::filesystem::path to_path(std::string_view utf8);
std::string path_text(const std::filesystem::path& path);

/// Returns: the text with A to Z as a to z. Names in SYSTEM.INI are compared in this form.
std::string lower_case(std::string_view text);

/// The text that winmm_host_last_error() returns to this thread.
void set_last_error(std::string text);

}  // namespace refwave::host
