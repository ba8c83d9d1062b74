// The driver's threads as the system sees them: found by name, pinned to a core, asked for their processor
// time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace refwave::bench {

/// Returns: the numbers of this process's threads of that name.
std::vector<int> threads_named(std::string_view name);

/// Effects: pins that thread to that core.
void pin_thread(int thread, int core);

/// Returns: the processor time of the thread in ns, by the system's account.
std::int64_t thread_time_ns(int thread);

/// Effects: the calling thread, and threads that it starts, may run on any core until the object's end.
class OnAnyCore {
 public:
  OnAnyCore();
  ~OnAnyCore();
  OnAnyCore(const OnAnyCore&) = delete;
  OnAnyCore& operator=(const OnAnyCore&) = delete;

 private:
  std::vector<std::uint64_t> before_;
};

}  // namespace refwave::bench
