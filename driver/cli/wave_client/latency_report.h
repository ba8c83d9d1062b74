// The driver's buffer-done statistics as text for a person. Pure; any thread.
#pragma once

#include <string>

#include "driver/winmm/refwave.h"

namespace refwave::cli {

/// Returns: whether the stream's device is no sound device.
bool is_on_clock(const REFWAVE_STATISTICS& statistics);

/// Returns: "the clocked device (…)" or the device's name in quotes.
std::string device_text(const REFWAVE_STATISTICS& statistics);

/// Returns: the percentiles and the counts, each from a line's beginning.
std::string latency_text(const REFWAVE_STATISTICS& statistics, std::size_t columns);

}  // namespace refwave::cli
