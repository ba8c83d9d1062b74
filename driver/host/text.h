// Windows' UTF-16 and the file system's UTF-8, and the text of this thread's last failure. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace refwave::host {

/// Returns: the same text; what is not valid becomes U+FFFD.
std::u16string to_utf16(std::string_view utf8);
std::string to_utf8(std::u16string_view utf16);

/// Returns: the text with A to Z made small, as the names in SYSTEM.INI are compared.
std::string lower_case(std::string_view text);

/// What winmm_host_last_error() tells this thread.
void set_last_error(std::string text);

}  // namespace refwave::host
