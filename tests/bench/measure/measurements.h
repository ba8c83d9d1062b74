// Made-up measurements for the tests of tables, plots and files.
#pragma once

#include "bench/measure/measurement.h"

namespace refwave::measure {

/// Returns: a measurement with pieces, counters and a thousand blocks of 20 to 120 µs; its bare wakes are
/// half as long.
Measurement usual_measurement();

/// Returns: a measurement of a driver from outside.
Measurement outside_measurement();

}  // namespace refwave::measure
