// What wave devices report. Windows documentation: "WAVEOUTCAPS structure", "WAVEINCAPS structure".
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "driver/abi/windows_headers.h"

namespace refwave::winmm {

/// Returns: the name of a wave device, in whole characters, with a number if an earlier device has the same,
/// and name_suffix(). `devices`: all of this direction, as configured; the host API is left out.
std::u16string product_name(std::span<const std::string> devices, std::size_t device);

/// `name`: a product_name().
WAVEOUTCAPSW output_capabilities(const std::u16string& name) noexcept;
WAVEINCAPSW input_capabilities(const std::u16string& name) noexcept;

}  // namespace refwave::winmm
