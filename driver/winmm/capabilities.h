// The capabilities that a wave device reports. Windows documentation: "WAVEOUTCAPS structure", "WAVEINCAPS
// structure".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "driver/abi/windows_headers.h"

namespace refwave::winmm {

/// `role`: "out" or "in". `devices`: UTF-8, what the configuration calls the wave devices of one direction.
/// Returns: the name of that one. It is shortened to whole characters, and is numbered where an earlier
/// device has the same, so no two devices of the list have one name. Precondition: device < devices.size().
std::u16string product_name(std::string_view role, std::span<const std::string> devices, std::size_t device);

/// Returns: what WODM_GETDEVCAPS and WIDM_GETDEVCAPS answer. `name`: szPname, as product_name() has it.
WAVEOUTCAPSW output_capabilities(const std::u16string& name) noexcept;
WAVEINCAPSW input_capabilities(const std::u16string& name) noexcept;

}  // namespace refwave::winmm
