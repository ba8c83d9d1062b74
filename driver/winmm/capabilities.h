// What a wave device says of itself. Windows documentation: "WAVEOUTCAPS structure", "WAVEINCAPS structure".
#pragma once

#include <string_view>

#include "driver/winmm/windows_headers.h"

namespace refwave::winmm {

/// `device`: UTF-8, what the configuration calls the device; shortened to what szPname holds.
WAVEOUTCAPSW output_capabilities(std::string_view device) noexcept;
WAVEINCAPSW input_capabilities(std::string_view device) noexcept;

}  // namespace refwave::winmm
