// Any wave driver, and refwave on the same measure, by what a client sees: when its blocks are reported. The
// two play in turns of a second, for each needs the machine to itself. Main thread.
#pragma once

#include "bench/latency/command.h"
#include "bench/latency/report/measurement.h"
#include "bench/latency/silence.h"

namespace refwave::latency {

/// Effects: measures each of the two for options.seconds, or until Ctrl-C. Returns: subjects (the driver,
/// refwave, a bare timer) and the device. Throws: Failure.
Measurement measure_from_outside(const LatencyOptions& options, const Load& load);

}  // namespace refwave::latency
