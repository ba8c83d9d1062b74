// Coordinated omission: blocks that would have been reported late, had they not been left out because an
// earlier one was. Every block has its own time of being finished, so a late report alone leaves nothing out:
// the blocks behind it are measured as late as they are. What is left out are the blocks that a client could
// not write in time, because the report that would have given it their memory was late, and the stream ran
// dry. Pure.
#pragma once

#include <cstdint>

#include "bench/common/histogram.h"

namespace refwave::latency {

struct Pace {
  std::int64_t block_ns;   // one block ends after the other so often, if the stream does not run dry
  std::int64_t period_ns;  // and it is noticed so often
};

/// Effects: records, as HdrHistogram does for an expected interval, what the blocks that are missing between
/// two finished ones would have waited: `reported_after_ns`, the latency of the one before the gap, less one
/// block's length, less two … Only as many as the gap has room for; none if the report was in time, however
/// long the gap is. Returns: how many.
std::uint64_t record_omitted(bench::Histogram& histogram, const Pace& pace, std::int64_t gap_ns,
                             std::int64_t reported_after_ns);

}  // namespace refwave::latency
