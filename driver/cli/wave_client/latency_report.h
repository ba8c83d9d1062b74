// The driver's buffer-done statistics as text for a person. Pure; any thread.
#pragma once

#include <string>

#include "driver/winmm/refwave.h"

namespace refwave::cli {

/// Returns: "the clocked device (…)" or the device's name in quotes.
std::string device_text(const REFWAVE_STATISTICS& statistics);

/// Returns: two lines, a heading and the numbers.
std::string latency_table(const REFWAVE_STATISTICS& statistics);

}  // namespace refwave::cli
