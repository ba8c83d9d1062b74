// The two ways in which `refwave latency` measures. Main thread.
#pragma once

#include <cstdint>
#include <string>

#include "bench/measure/client.h"
#include "bench/measure/measurement.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::measure {

struct LatencyOptions {
  cli::DriverOptions driver;
  double seconds = 5;
  Load load;
  std::string parameters;  // DRV_OPEN string of driver.driver, if that is measured
  std::string json;        // file, "-" for standard output; empty: none
  std::string html;        // file; empty: none
};

/// Buffer-done latency of refwave itself: the driver's trace says when each block was finished, the client's
/// callback when it was notified. Effects: measures for so long, or until Ctrl-C. Returns: subjects, pieces,
/// counters and the settings that the driver reports. Throws: Failure.
Measurement measure_refwave(cli::DriverSession& session, const LatencyOptions& options);

/// Measures any wave driver, and refwave in the same way, from a client's side: when its blocks are reported.
/// The two play in turns of a second, because each needs the machine for itself. Effects: measures each of
/// the two for options.seconds, or until Ctrl-C. Returns: subjects (the driver, refwave, a bare timer) and
/// the device. Throws: Failure.
Measurement measure_from_outside(const LatencyOptions& options);

}  // namespace refwave::measure
