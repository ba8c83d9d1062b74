// Any wave driver, and refwave in the same way, measured by what a client sees: when its blocks are
// reported. The two play in turns of a second, because each needs the machine for itself. Main thread.
#pragma once

#include "bench/latency/command.h"
#include "bench/latency/report/measurement.h"
#include "bench/latency/silence.h"

namespace refwave::latency {

/// Effects: measures each of the two for options.seconds, or until Ctrl-C. Returns: subjects (the driver,
/// refwave, a bare timer) and the device. Throws: Failure.
Measurement measure_from_outside(const LatencyOptions& options, const Load& load);

}  // namespace refwave::latency
