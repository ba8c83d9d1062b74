// A measurement as a page that needs nothing but itself. Pure.
#pragma once

#include <string>

#include "driver/cli/latency/measurement.h"

namespace refwave::cli::latency {

/// Returns: the whole HTML file: the figures, how they are spread, the percentiles, the run, the pieces.
std::string as_page(const Measurement& measurement);

}  // namespace refwave::cli::latency
