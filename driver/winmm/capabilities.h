// What wave devices report. Windows documentation: "WAVEOUTCAPS structure", "WAVEINCAPS structure".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "driver/abi/windows_headers.h"

namespace refwave::winmm {

/// Returns: the name of a wave device, in whole characters, with a number if an earlier device has the same.
/// `role`: "out" or "in". `devices`: all of this direction, as configured.
std::u16string product_name(std::string_view role, std::span<const std::string> devices, std::size_t device);

/// `name`: a product_name().
WAVEOUTCAPSW output_capabilities(const std::u16string& name) noexcept;
WAVEINCAPSW input_capabilities(const std::u16string& name) noexcept;

}  // namespace refwave::winmm
