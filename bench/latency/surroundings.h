// What a report says of the machine, and what its terminal can show. One source file for each system
// implements it.
#pragma once

#include <string>

#include "bench/latency/report/measurement.h"
#include "bench/latency/report/terminal.h"

namespace refwave::latency {

Machine this_machine();

/// Returns: what standard output is shown on.
TerminalStyle output_style();

}  // namespace refwave::latency
