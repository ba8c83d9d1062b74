// The ideal timeline of a stream, seen from outside: the straight line under the times of all its reports. No
// block is done early, so the line touches the most punctual reports. Its slope is the device's own length of
// a block, so clock drift does not count as lateness. (Moon, Skelly and Towsley, "Estimation and Removal of
// Clock Skew from Network Delay Measurements", find the skew of one-way delays in this way.) Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

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

}  // namespace refwave::measure
