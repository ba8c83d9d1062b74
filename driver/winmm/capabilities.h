// The capabilities that a wave device reports. Windows documentation: "WAVEOUTCAPS structure", "WAVEINCAPS
// structure".
#pragma once

#include <string_view>

#include "driver/winmm/windows_headers.h"

namespace refwave::winmm {

/// `device`: the device's name in the configuration, in UTF-8; shortened to fit into szPname.
WAVEOUTCAPSW output_capabilities(std::string_view device) noexcept;
WAVEINCAPSW input_capabilities(std::string_view device) noexcept;

}  // namespace refwave::winmm
