// A recording as a table for the terminal, and as a file that trace viewers open: Chrome's trace event format
// ("Trace Event Format", the document of the Chromium project), which https://ui.perfetto.dev and
// chrome://tracing show. Pure.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "bench/trace/block_pieces.h"
#include "driver/winmm/refwave.h"

namespace refwave::trace {

/// What was seen of some streams for a while.
struct Recording {
  std::vector<REFWAVE_TRACE_EVENT> events;  // the driver's; each thread's in their order
  std::vector<ClientStamp> writes;          // the client's calls of waveOutWrite
  std::vector<ClientStamp> callbacks;       // and those that it got
  std::vector<BlockLife> lives;             // the blocks of which all is known
  std::uint64_t lost = 0;                   // events that found no room in the driver
  std::string device;
};

/// Effects: writes one JSON object. Threads have slices (the period, mixing, waking, searching,
/// DriverCallback, WOM_DONE); an arrow follows each block from its waveOutWrite to its WOM_DONE; a row a
/// stream has its blocks' lives, and a counter how many are queued. Each thread's times rise.
void write_picture(std::ostream& file, const Recording& recording);

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
