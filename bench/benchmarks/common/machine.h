// The machine on which a measurement runs: the cores of the two sides of a hand-over, the pinning of a thread
// to a core, and the line that describes the machine.
#pragma once

#include <sched.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// Effects: the calling thread, and threads that it starts, may run on any core until the object's end.
class OnAnyCore {
 public:
  OnAnyCore();
  ~OnAnyCore();
  OnAnyCore(const OnAnyCore&) = delete;
  OnAnyCore& operator=(const OnAnyCore&) = delete;

 private:
  cpu_set_t before_{};
};

/// Returns: the numbers of this process's threads of that name.
std::vector<int> threads_named(std::string_view name);

/// Effects: pins the threads of that name to that core.
void pin_threads(std::string_view name, int core);

/// Returns: the processor time of the threads of that name in ns, by the system's account.
std::int64_t time_ns_of(std::string_view name);

/// Effects: SCHED_FIFO for the calling thread. Returns: whether it was granted.
bool become_realtime();

/// Returns: processor, cores, whether it is a virtual machine, the frequency governor and the load, in one
/// line.
std::string machine_line();

}  // namespace refwave::bench
