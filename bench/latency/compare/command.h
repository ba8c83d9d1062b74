// `refwave latency --compare A B`: a gate against regressions, for a continuous integration.
#pragma once

#include <string>
#include <vector>

namespace refwave::latency {

struct CompareOptions {
  std::vector<std::string> files;  // two, written by --json
  double tolerance_percent = 10;
};

/// Runs the comparison. Returns: the exit status, 1 if the second file is worse. Throws: cli::Failure.
int compare_files(const CompareOptions& options);

}  // namespace refwave::latency
