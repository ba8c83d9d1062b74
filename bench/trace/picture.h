// A recording as a file that trace viewers open: Chrome's trace event format ("Trace Event Format", the
// document of the Chromium project), which https://ui.perfetto.dev and chrome://tracing show. Pure.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "bench/trace/block_pieces.h"
#include "driver/winmm/refwave.h"

namespace refwave::trace {

/// A trace of some streams.
struct Recording {
  std::vector<REFWAVE_TRACE_EVENT> events;  // the driver's; each thread's in order
  std::vector<ClientStamp> writes;          // the client's calls of waveOutWrite
  std::vector<ClientStamp> callbacks;       // the client's callbacks
  std::vector<BlockLife> lives;             // the complete blocks
  std::uint64_t incomplete = 0;             // blocks left out, because an event of theirs was lost
  std::uint64_t lost = 0;                   // events that the driver dropped
  std::string device;
};

/// Effects: writes one JSON object. Threads have slices (the period, mixing, waking, searching,
/// DriverCallback, WOM_DONE); an arrow follows each block from its waveOutWrite to its WOM_DONE; a row a
/// stream has its blocks' lives. Each thread's times rise.
void write_picture(std::ostream& file, const Recording& recording);

}  // namespace refwave::trace
