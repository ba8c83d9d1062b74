#include "bench/latency/report/omission.h"

#include <algorithm>
#include <cmath>

#include "bench/common/histogram.h"

namespace refwave::latency {
namespace {

/// Returns: how many blocks should have ended within the gap. Where a block is not a whole number of periods,
/// its end is noticed up to a period late.
std::int64_t missing_blocks(const Pace& pace, std::int64_t gap_ns) {
  const bool is_even = pace.block_ns % std::max<std::int64_t>(pace.period_ns, 1) == 0;
  const std::int64_t noticed_late = is_even ? 0 : pace.period_ns;
  return std::llround(static_cast<double>(gap_ns - noticed_late) / static_cast<double>(pace.block_ns)) - 1;
}

}  // namespace

std::uint64_t record_omitted(bench::Histogram& histogram, const Pace& pace, std::int64_t gap_ns,
                             std::int64_t reported_after_ns) {
  std::int64_t left = missing_blocks(pace, gap_ns);
  std::uint64_t recorded = 0;
  for (std::int64_t ns = reported_after_ns - pace.block_ns; ns > 0 && left > 0; ns -= pace.block_ns, --left) {
    histogram.record(static_cast<std::uint64_t>(ns));
    ++recorded;
  }
  return recorded;
}

}  // namespace refwave::latency
