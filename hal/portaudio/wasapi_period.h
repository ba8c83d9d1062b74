// The longest period of an output through WASAPI. WASAPI's engine takes ten milliseconds at a time, whatever
// period a program asks for. We render five milliseconds at a time, evenly (cadence.h). Pure; any thread.
#pragma once

#include <string_view>

namespace refwave::hal {

inline constexpr double kWasapiPeriodS = 0.005;

/// Returns: whether a device of that name is WASAPI's. `name`: as in the list of devices.
constexpr bool is_wasapi(std::string_view name) noexcept { return name.starts_with("WASAPI/"); }

}  // namespace refwave::hal
