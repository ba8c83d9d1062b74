// From a driver's trace and its clients' stamps to the time that each block's return took, piece by piece.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/buffer_done/clients.h"
#include "bench/common/samples.h"
#include "driver/winmm/refwave.h"

namespace refwave::bench {

/// Where a block's return begins. `wake`: the audio thread has rendered the period, and wakes a notifier;
/// for notifiers that sleep. `release`: the notifiers may tell the client of the block; for notifiers that
/// are awake and look.
enum class Begin { wake, release };

/// The pieces, in a block's order; all in ns.
struct Pieces {
  Samples latency;    // from the begin to the first instruction of the client's callback, each block
  Samples last;       // likewise from the wake, of the period's last block
  Samples beyond;     // of that, the time in which no client's callback ran
  Samples own;        // and the time in which one did
  Samples callbacks;  // the period's, from call to return, together
  Samples rest;       // the block's last frame taken → the whole period rendered
  Samples waker;      // the audio thread's: rendered → the wake is over
  Samples wake;       // rendered → a notifier runs; for those that sleep
  Samples notifier;   // it runs (or the block was released) → just before DriverCallback
  Samples callback;   // → the client's first instruction

  Pieces(const std::string& name, std::size_t periods, std::size_t streams);
  void report(benchmark::State& state, std::size_t streams) const;
};

/// The streams that are looked at, by their numbers in the trace.
using StreamOfSlot = std::unordered_map<WORD, std::size_t>;

/// Effects: adds to `pieces` all periods that are whole in `events`. Other streams than those of `streams`
/// are left out.
void take_apart(const std::vector<REFWAVE_TRACE_EVENT>& events, const Clients& clients,
                const StreamOfSlot& streams, Begin begin, Pieces& pieces);

}  // namespace refwave::bench
