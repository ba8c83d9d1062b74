// refwave's trace, enabled while this object exists. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "driver/winmm/refwave.h"

namespace refwave::trace {

class DriverTrace {
 public:
  /// Effects: the driver traces from now on. `kinds`: as the lParam1 of REFWAVE_TRACE_START, 0 for all.
  /// Throws: cli::Failure if it cannot.
  explicit DriverTrace(HDRVR driver, std::uint32_t kinds = 0);
  /// Effects: stops the trace.
  ~DriverTrace();
  DriverTrace(const DriverTrace&) = delete;
  DriverTrace& operator=(const DriverTrace&) = delete;

  /// Effects: appends the events since the last read. Throws: cli::Failure if the driver has no trace.
  void read(std::vector<REFWAVE_TRACE_EVENT>& events);
  /// Returns: how many events the driver had dropped at the last read.
  ULONGLONG lost() const { return lost_; }

 private:
  HDRVR driver_;
  std::vector<REFWAVE_TRACE_EVENT> batch_;
  ULONGLONG lost_ = 0;
};

}  // namespace refwave::trace
