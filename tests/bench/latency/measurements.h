// Measurements that the tests of tables, plots and files write themselves.
#pragma once

#include "bench/latency/report/measurement.h"

namespace refwave::latency {

/// Returns: one with pieces, counters and a thousand blocks of 20 to 120 µs; the bare wakes are half as long.
Measurement usual_measurement();

/// Returns: one of a driver seen from outside.
Measurement outside_measurement();

}  // namespace refwave::latency
