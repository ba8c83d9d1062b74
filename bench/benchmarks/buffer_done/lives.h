// From a driver's trace and its clients' stamps to the time that each block's return took.
#pragma once

#include <unordered_map>
#include <vector>

#include "bench/benchmarks/buffer_done/clients.h"
#include "bench/benchmarks/common/samples.h"
#include "driver/winmm/refwave.h"

namespace refwave::bench {

/// Where a block's return begins. `wake`: the audio thread has rendered the period, and wakes a notifier; for
/// notifiers that sleep. `release`: the notifiers may notify the client of the block; for notifiers that are
/// awake and look.
enum class Begin { wake, release };

/// The times of the returns, in ns.
struct Returned {
  Samples latency;    // from the begin to the first instruction of the client's callback, each block
  Samples beyond;     // from the wake to the same of the period's last block, while no client's callback ran
  Samples callbacks;  // all of the period's, from call to return
  Samples waker;      // rendered → the audio thread's wake is over

  Returned(std::size_t periods, std::size_t streams);
  void report(benchmark::State& state, std::size_t streams) const;
};

/// The streams by their numbers in the trace.
using StreamOfSlot = std::unordered_map<WORD, std::size_t>;

/// Effects: adds to `returned` all periods in `events`.
void take_apart(const std::vector<REFWAVE_TRACE_EVENT>& events, const Clients& clients,
                const StreamOfSlot& streams, Begin begin, Returned& returned);

}  // namespace refwave::bench
