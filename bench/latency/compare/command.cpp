#include "bench/latency/compare/command.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "bench/latency/compare/comparison.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/text.h"

namespace refwave::latency {
namespace {

Baselined read(const std::string& path) {
  std::ifstream file(cli::to_path(path), std::ios::binary);
  if (!file)
    throw cli::Failure(path + ": cannot be read; name a file that `refwave latency --json` wrote",
                       cli::kUsage);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    return read_report(text);
  } catch (const std::runtime_error& error) {
    throw cli::Failure(
        path + ": no report of `refwave latency --json`: " + error.what() + "; measure it again",
        cli::kUsage);
  }
}

}  // namespace

int compare_files(const CompareOptions& options) {
  const Baselined before = read(options.files.at(0));
  const Baselined after = read(options.files.at(1));
  try {
    const Comparison comparison = compare(before, after, options.tolerance_percent / 100);
    std::fputs(as_text(comparison, cli::terminal_columns()).c_str(), stdout);
    if (!comparison.is_worse()) return 0;
  } catch (const std::runtime_error& error) {
    throw cli::Failure("these two cannot be compared: " + std::string(error.what()) +
                           "; compare reports of the same settings",
                       cli::kUsage);
  }
  cli::print_error(options.files.at(1) + ": worse than " + options.files.at(0) +
                   ", so the exit status is 1; see what changed, and measure both again on a quiet machine");
  return cli::kFailed;
}

}  // namespace refwave::latency
