// The ideal timeline of a stream as it can be told from outside, by nothing but the times at which its blocks
// were reported: the straight line under them all. No block is done before its time, so the line touches the
// most punctual ones; its slope is the device's own idea of a block's length, and so a clock that drifts does
// not count as lateness. (The clock skew of one-way network delays is found in the same way: Moon, Skelly and
// Towsley, "Estimation and Removal of Clock Skew from Network Delay Measurements".) Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace refwave::latency {

struct Line {
  double start_ns = 0;  // of block 0
  double block_ns = 0;  // from one block to the next

  double at(std::size_t block) const { return start_ns + block_ns * static_cast<double>(block); }
};

/// Returns: of all lines that no report comes before, the one that the reports are nearest to, on average.
/// `reports_ns`: a block each, in order, none left out. With less than two it is level.
Line line_under(std::span<const std::int64_t> reports_ns);

/// Returns: how long after its place on the line each block was reported.
std::vector<std::uint64_t> lateness_ns(std::span<const std::int64_t> reports_ns, const Line& line);

}  // namespace refwave::latency
