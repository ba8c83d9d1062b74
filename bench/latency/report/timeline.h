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

}  // namespace refwave::latency
