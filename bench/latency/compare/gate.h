// The comparison of two reports as a gate: prints it, and sets the exit status. Main thread.
#pragma once

#include <cstdio>
#include <string>

#include "bench/latency/compare/comparison.h"

namespace refwave::latency {

struct Reported {
  std::string name;  // of its file
  Baselined report;
};

/// Returns: the report that --json wrote. Throws: cli::Failure, if the file has none.
Baselined read_file(const std::string& path);

/// Effects: prints the comparison to `to`. Returns: the exit status, 1 if `after` is worse. Throws:
/// cli::Failure, if the two cannot be compared.
int judge(const Reported& before, const Reported& after, double tolerance_percent, std::FILE* to);

}  // namespace refwave::latency
