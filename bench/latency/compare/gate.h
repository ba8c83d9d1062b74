// The comparison of two reports as a gate: prints it, and sets the exit status. Main thread.
#pragma once

#include <cstdio>
#include <string>

#include "bench/latency/compare/comparison.h"

namespace refwave::latency {

/// Returns: the report that --json wrote. Throws: cli::Failure, if the file has none.
Baselined read_file(const std::string& path);

/// Returns: the comparison. Throws: cli::Failure, if the two cannot be compared.
Comparison compared(const Reported& before, const Reported& after, double tolerance_percent);
/// Effects: prints the comparison to `to`. Returns: the exit status, 1 if B is worse.
int judge(const Comparison& comparison, std::FILE* to);

}  // namespace refwave::latency
