// What a report says of the machine, what its terminal can show, and threads that the system wakes as it
// wakes the driver's, so that the bare wake-up is comparable. One source file for each system implements it.
#pragma once

#include <filesystem>

#include "bench/latency/report/measurement.h"
#include "bench/latency/report/report.h"

namespace refwave::latency {

Machine this_machine();

/// Processor seconds since some time in the past, of all processors together.
struct ProcessorTime {
  double all = 0;     // that were used, by whomever
  double own = 0;     // by this process
  double wall = 0;    // that went by: seconds, once for each processor
  double stolen = 0;  // that a virtual machine did not get; 0 if the system does not report it
};
/// `root`: "/", or a folder in which a test has written its own /proc.
ProcessorTime processor_time(const std::filesystem::path& root = "/");
/// Returns: the processor time that the calling thread has used, in seconds.
double thread_seconds();

/// Returns: what standard output is shown on.
TerminalStyle output_style();

/// Effects: the calling thread runs before all ordinary ones, as the driver's audio thread does, if this
/// process may ask for that. If it may not, the driver's thread does not run before them either.
void become_realtime();

}  // namespace refwave::latency
