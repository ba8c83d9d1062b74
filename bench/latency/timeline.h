// The ideal timeline of a stream, seen from outside: the straight line under the times of all its reports. No
// block is done early, so the line touches the most punctual reports. Its slope is the device's own length of
// a block, so clock drift does not count as lateness. (Moon, Skelly and Towsley, "Estimation and Removal of
// Clock Skew from Network Delay Measurements", find the skew of one-way delays in this way.) Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/measure/histogram.h"

namespace refwave::measure {

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
/// A late report alone omits nothing, because every block has its own finishing time. Blocks are missing only
/// if the stream ran dry: a report was late, so the client could not write the next blocks in time. Pure.
struct Pace {
  std::int64_t block_ns;   // between the ends of two blocks, unless the stream runs dry
  std::int64_t period_ns;  // between two checks for finished blocks
};

/// Effects: records the waits of the blocks that are missing between two finished ones, as HdrHistogram does
/// for an expected interval: `reported_after_ns`, the latency of the block before the gap, less one block's
/// length, less two … It records as many as fit into the gap, and none if the report was in time. Returns:
/// how many.
std::uint64_t record_omitted(Histogram& histogram, const Pace& pace, std::int64_t gap_ns,
                             std::int64_t reported_after_ns);

}  // namespace refwave::measure
