// Buffer-done latency of refwave itself: the driver's trace says when each block was finished, the client's
// callback when it was told. Main thread.
#pragma once

#include "bench/latency/command.h"
#include "bench/latency/report/measurement.h"
#include "bench/latency/silence.h"
#include "driver/cli/wave_client/driver_session.h"

namespace refwave::latency {

/// Effects: measures for so long, or until Ctrl-C. Returns: subjects, pieces, counters and the settings that
/// the driver tells. Throws: Failure.
Measurement measure_refwave(const LatencyOptions& options, const Load& load);

/// The same with a driver that is loaded already, with what `options` set.
Measurement measure_refwave(cli::DriverSession& session, const LatencyOptions& options, const Load& load);

}  // namespace refwave::latency
