// A distribution in HdrHistogram's text form (.hgrm), which HdrHistogram's plotter and many tools read. Pure.
#pragma once

#include <string>

#include "bench/common/histogram.h"

namespace refwave::latency {

/// Returns: the percentiles in microseconds. There are five lines for each halving of the distance to 100 %.
std::string as_hgrm(const bench::Histogram& histogram);

}  // namespace refwave::latency
