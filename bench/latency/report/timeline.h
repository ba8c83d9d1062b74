// The ideal timeline of a stream, as seen from outside: the straight line under all the times at which its
// blocks were reported.
// No block is done before its time, so the line touches the most punctual reports. Its slope is the
// device's own length of a block, so a clock that drifts does not count as lateness. (The clock skew of
// one-way network delays is found in the same way: Moon, Skelly and Towsley, "Estimation and Removal of
// Clock Skew from Network Delay Measurements".) Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/trace/histogram.h"

namespace refwave::latency {

struct Line {
  double start_ns = 0;  // of block 0
  double block_ns = 0;  // from one block to the next

  double at(std::size_t block) const { return start_ns + block_ns * static_cast<double>(block); }
};

/// Returns: of all lines that have no report below them, the one that is nearest to the reports on average.
/// `reports_ns`: one for each block, in order, with none left out. With fewer than two the line is level.
Line line_under(std::span<const std::int64_t> reports_ns);

/// Returns: how long after its place on the line each block was reported.
std::vector<std::uint64_t> lateness_ns(std::span<const std::int64_t> reports_ns, const Line& line);

/// Coordinated omission: late blocks that a measurement misses, because an earlier block was late.
/// Every block has its own time of being finished, so a late report alone leaves nothing out: the blocks
/// after it are measured as late as they are. Blocks are missing only if the stream ran dry: a report was
/// late, so the client had no memory to write the next blocks in time. Pure.
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
