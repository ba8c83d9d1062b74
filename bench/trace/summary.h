// A recording as a table, for the terminal. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "bench/trace/picture.h"
#include "driver/winmm/refwave.h"

namespace refwave::trace {

/// Figures of a run in addition to its recording.
struct Facts {
  std::uint32_t streams = 0;
  std::uint32_t block_frames = 0;
  REFWAVE_STATISTICS statistics{};
  std::uint64_t incomplete = 0;  // blocks left out, because something of them was lost
  std::int64_t stamp_ps = 0;     // what a point of the driver's costs while it is traced
  std::int64_t silent_ps = 0;    // and while it is not
};

/// Returns: a table of the pieces of buffer-done latency, and remarks below it, in lines of
/// no more than `columns` letters.
std::string summary(const Recording& recording, const Facts& facts, std::size_t columns);

}  // namespace refwave::trace
