// A measurement as a page that needs no other file. Pure.
#pragma once

#include <string>

#include "bench/latency/report/measurement.h"

namespace refwave::latency {

/// Returns: the whole HTML file: the figures, how they are spread, the percentiles, the run, the pieces.
std::string as_page(const Measurement& measurement);

}  // namespace refwave::latency
