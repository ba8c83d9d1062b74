// From a driver's trace and its clients' stamps to what each block's return took, piece by piece.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/buffer_done/clients.h"
#include "bench/common/samples.h"
#include "driver/winmm/refwave.h"

namespace refwave::bench {

/// Where a block's return is taken to begin. `wake`: the audio thread has rendered the period, and wakes; for
/// notifiers that sleep. `release`: the block is the notifiers' to tell; for those that are awake and look.
enum class Begin { wake, release };

/// The pieces, in a block's order; all in ns.
struct Pieces {
  Samples latency;   // from the begin to the first instruction of the client's callback, each block
  Samples last;      // likewise from the wake, of the period's last block
  Samples rest;      // the block's last frame taken → the whole period rendered
  Samples waker;     // the audio thread's: rendered → the wake is over
  Samples wake;      // rendered → a notifier runs; for those that sleep
  Samples notifier;  // it runs (or the block was released) → just before DriverCallback
  Samples callback;  // → the client's first instruction
  Samples own;       // the period's callbacks together, from call to return

  Pieces(const std::string& name, std::size_t periods, std::size_t streams);
  void report(benchmark::State& state, std::size_t streams) const;
};

/// Effects: adds to `pieces` all periods that are whole in `events`. `slots`: the clients' own, in the trace.
void take_apart(const std::vector<REFWAVE_TRACE_EVENT>& events, const Clients& clients,
                const std::vector<WORD>& slots, Begin begin, Pieces& pieces);

}  // namespace refwave::bench
