// What a wave device says of itself. Windows documentation: "WAVEOUTCAPS structure", "WAVEINCAPS structure".
#pragma once

#include <string>

#include "driver/winmm/windows_headers.h"

namespace refwave::winmm {

/// `name`: szPname, as product_name() has it.
WAVEOUTCAPSW output_capabilities(const std::u16string& name) noexcept;
WAVEINCAPSW input_capabilities(const std::u16string& name) noexcept;

}  // namespace refwave::winmm
