// The pictures of a measurement, as SVG. Pure.
#pragma once

#include <string>

#include "bench/latency/report/measurement.h"

namespace refwave::latency {

/// Returns: how the durations are spread: the share of each logarithmic span.
std::string distribution_plot(const Measurement& measurement);
/// Returns: which share of the blocks is how much late at most, every further nine of one length.
std::string percentile_plot(const Measurement& measurement);
/// Returns: the longest duration of each of the run's moments.
std::string time_plot(const Measurement& measurement);

/// What a subject is drawn with: "s0", "s1" …, in the order of the measurement.
std::string look_of(const Measurement& measurement, const Subject& subject);

}  // namespace refwave::latency
