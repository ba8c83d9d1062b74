// The machine below a measurement: which cores the two sides of a hand-over run on, how threads come to them,
// and the line that says what all this was measured on.
#pragma once

#include <string>

namespace refwave::bench {

/// `near`: where a benchmark's own thread runs. `far`: where those run that it hands something to. The same
/// where the process may use one core only.
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
