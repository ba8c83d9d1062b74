// What the driver's host decides: Windows' winmm, libwinmm, or the drop-in. One source file for each system.
#pragma once

#include <string_view>

#include "driver/configuration/configuration.h"

namespace refwave::winmm {

/// Returns: the settings where refwave.toml is silent.
configuration::Configuration defaults();

/// Returns: what ends the name of each wave device, beside those of other drivers.
std::u16string_view name_suffix() noexcept;

}  // namespace refwave::winmm
