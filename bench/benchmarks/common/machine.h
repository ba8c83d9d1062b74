// The machine on which a measurement runs: the cores of the two sides of a hand-over, the pinning of a thread
// to a core, and the line that describes the machine.
#pragma once

#include <string>

namespace refwave::bench {

/// `near`: the core of a benchmark's own thread. `far`: the core of the threads to which it hands something
/// over. Both are the same if the process may use one core only.
struct Cores {
  int near = 0;
  int far = 0;
};

/// Returns: the first two cores that the process was allowed to use when this was first called.
Cores cores();

/// Effects: the calling thread runs on that core alone. Returns: whether the system did it.
bool pin_to(int core);

enum class Priority { ordinary, realtime };

/// Effects: `realtime`: SCHED_FIFO for the calling thread. Returns: whether it was granted.
bool set_priority(Priority priority);

/// Returns: processor, cores, whether it is a virtual machine, the frequency governor and the load, in one
/// line.
std::string machine_line();

}  // namespace refwave::bench
