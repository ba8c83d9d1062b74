// `refwave latency --compare A.json B.json`: a gate against regressions, for continuous integration.
#pragma once

#include <string>
#include <vector>

namespace refwave::latency {

struct CompareOptions {
  std::vector<std::string> files;  // two, written by --json
  double tolerance_percent = 10;
};

/// Effects: prints the comparison. Returns: the exit status, 1 if the second file is worse. Throws:
/// cli::Failure, if the two cannot be compared.
int compare_files(const CompareOptions& options);

}  // namespace refwave::latency
