#include "bench/latency/compare/gate.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"

namespace refwave::latency {

Baselined read_file(const std::string& path) {
  std::ifstream file(cli::to_path(path), std::ios::binary);
  file.peek();  // a folder can be opened and not read
  if (!file.is_open() || file.bad())
    throw cli::Failure(path + ": cannot be read; name a file that --json wrote", cli::kUsage);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    return read_report(text);
  } catch (const std::runtime_error& error) {
    throw cli::Failure(path + ": no report of --json: " + error.what() + "; measure it again", cli::kUsage);
  }
}

Comparison compared(const Reported& before, const Reported& after, double tolerance_percent) {
  try {
    return compare(before, after, tolerance_percent / 100);
  } catch (const std::runtime_error& error) {
    throw cli::Failure("these two cannot be compared: " + std::string(error.what()) +
                           "; compare reports of the same settings",
                       cli::kUsage);
  }
}

int judge(const Comparison& comparison, std::FILE* to) {
  std::fputs(as_text(comparison, cli::terminal_columns()).c_str(), to);
  if (!comparison.is_worse()) return 0;
  cli::print_error(comparison.after.name + ": worse than " + comparison.before.name +
                   ", so the exit status is 1; see what changed, and measure both again on a quiet machine");
  return cli::kFailed;
}

}  // namespace refwave::latency
