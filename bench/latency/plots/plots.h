// A measurement as a page that needs no other file, and the pictures in it, as SVG. Pure.
#pragma once

#include <string>

#include "bench/latency/report/measurement.h"

namespace refwave::latency {

/// Returns: the whole HTML file: the figures, how they are spread, the percentiles, the run, the pieces.
std::string as_page(const Measurement& measurement);

/// Returns: the distribution of the durations: the share of each logarithmic span.
std::string distribution_plot(const Measurement& measurement);
/// Returns: the percentile curve: which share of the blocks is late by how much at most. Each further nine
/// takes an equal length of the axis.
std::string percentile_plot(const Measurement& measurement);
/// Returns: the longest duration of each of the run's moments.
std::string time_plot(const Measurement& measurement);

/// What a subject is drawn with: "s0", "s1" …, in the order of the measurement.
std::string look_of(const Measurement& measurement, const Subject& subject);

}  // namespace refwave::latency
