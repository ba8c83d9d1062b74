// A distribution in the text form of HdrHistogram (.hgrm), which its plotter and many tools read. Pure.
#pragma once

#include <string>

#include "bench/common/histogram.h"

namespace refwave::latency {

/// Returns: the percentile distribution in microseconds, five lines for each halving of what is left.
std::string as_hgrm(const bench::Histogram& histogram);

}  // namespace refwave::latency
