// refwave.drv with settings of its own, loaded through libwinmm as a program loads it, and unloaded with this
// object.
#pragma once

#include <sched.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/trace/driver_trace.h"
#include "driver/winmm/refwave.h"

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
  cpu_set_t before_{};
};

class Session {
 public:
  /// `settings`: as a DRV_OPEN string. Throws std::runtime_error with the reason.
  explicit Session(const std::string& settings);
  ~Session();

  REFWAVE_STATISTICS statistics() const;

  /// Effects: traces from now on. `kinds`: as the lParam1 of REFWAVE_TRACE_START, 0 for all. Throws:
  /// cli::Failure.
  void start_trace(std::uint32_t kinds = 0);
  /// Effects: appends the events since the last call; none before start_trace(). Returns: whether no event
  /// was lost.
  bool read_trace(std::vector<REFWAVE_TRACE_EVENT>& events);

 private:
  HDRVR driver_ = nullptr;
  std::optional<trace::DriverTrace> trace_;
};

}  // namespace refwave::bench
