// Coordinated omission: late blocks that a measurement misses, because an earlier block was late.
// Every block has its own time of being finished, so a late report alone leaves nothing out: the blocks
// after it are measured as late as they are. Blocks are missing only if the stream ran dry: a report was
// late, so the client had no memory to write the next blocks in time. Pure.
#pragma once

#include <cstdint>

#include "bench/common/histogram.h"

namespace refwave::latency {

struct Pace {
  std::int64_t block_ns;   // one block ends after the other so often, if the stream does not run dry
  std::int64_t period_ns;  // and it is noticed so often
};

/// Effects: records what the missing blocks between two finished ones would have waited, as HdrHistogram
/// does for an expected interval: `reported_after_ns`, which is the latency of the block before the gap,
/// less one block's length, less two … It records as many as the gap has room for. It records none if the
/// report was in time, however long the gap is. Returns: how many.
std::uint64_t record_omitted(bench::Histogram& histogram, const Pace& pace, std::int64_t gap_ns,
                             std::int64_t reported_after_ns);

}  // namespace refwave::latency
