// The longest period of an output through WASAPI, whose engine takes ten milliseconds at a time whatever is
// asked for. Half of that at a time is rendered, evenly (cadence.h). Pure; any thread.
#pragma once

#include <string_view>

namespace refwave::hal {

inline constexpr double kWasapiPeriodS = 0.005;

/// Returns: whether a device of that name, as in the list of devices, is WASAPI's.
constexpr bool is_wasapi(std::string_view name) noexcept { return name.starts_with("WASAPI/"); }

}  // namespace refwave::hal
