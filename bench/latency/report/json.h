// A measurement as JSON; driver/cli/README.md says what each member is. Pure.
#pragma once

#include <string>

#include "bench/latency/report/measurement.h"

namespace refwave::latency {

/// Returns: one object, with a line end behind it.
std::string as_json(const Measurement& measurement);

}  // namespace refwave::latency
