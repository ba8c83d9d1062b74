// A measurement as JSON; bench/MEASURING.md says what each member means. Pure.
#pragma once

#include <string>

#include "bench/latency/report/measurement.h"

namespace refwave::latency {

/// Returns: one object, and a line end after it.
std::string as_json(const Measurement& measurement);

}  // namespace refwave::latency
