// What a report says of the machine, and what its terminal can show. One source file for each system
// implements it.
#pragma once

#include <string>

#include "bench/latency/report/measurement.h"
#include "bench/latency/report/terminal.h"

namespace refwave::latency {

Machine this_machine();

/// Processor seconds since some time in the past, of all processors together.
struct ProcessorTime {
  double all = 0;   // that were used, by whomever
  double own = 0;   // by this process
  double wall = 0;  // that went by: seconds, once for each processor
};
ProcessorTime processor_time();

/// Returns: what standard output is shown on.
TerminalStyle output_style();

}  // namespace refwave::latency
