// The machine in a report, its terminal, and the audio thread's priority for the bare wake-up. One source
// file for each system.
#pragma once

#include <cstdio>
#include <string>

#include "bench/measure/measurement.h"

namespace refwave::measure {

/// Returns: a run of this program on this machine that begins now.
Run begin_run();

/// Processor seconds since some time in the past, of all processors together.
struct ProcessorTime {
  double all = 0;   // used by any program
  double own = 0;   // used by this process
  double wall = 0;  // passed, times the number of processors
};
ProcessorTime processor_time();
/// Returns: the calling thread's processor time, in seconds.
double thread_seconds();

/// Effects: prints a report, without letters that the terminal does not have.
void print(const std::string& text, std::FILE* to = stdout);

/// Effects: requests the audio thread's priority for the calling thread. If the system refuses, the driver's
/// thread does not have it either.
void become_realtime();

}  // namespace refwave::measure
