// Compares two reports of `refwave latency`: does the second report's driver drop out more often, and is it
// slower? Machines differ, and may be busy, so each report's latencies are first divided by its bare wake-up,
// measured in the same seconds. Pure; any thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/measure/histogram.h"

namespace refwave::measure {

/// A report's durations of the driver and of its baseline.
struct Baselined {
  std::string name;     // of its file
  std::string measure;  // the thing that was measured; two reports are compared only if it is equal
  Histogram driver{};   // from the wake-up on, if there is one
  Histogram baseline{};
  Histogram whole{};        // the driver's, from the finished block on
  double busy_percent = 0;  // of the processors, that other programs used
  std::string when{};       // began, for how long, and with which version
  /// Names and values. Reports are compared only if the `same` ones are equal; others are printed.
  using Facts = std::vector<std::pair<std::string, std::string>>;
  Facts same{}, others{};
  std::vector<std::pair<std::string, std::uint64_t>> dropouts{};  // "underruns", "late periods", "xruns"
};

/// Returns: the report. Throws: cli::Failure, if `json` is no report.
Baselined read_report(std::string name, std::string_view json);
/// Returns: the report that --json wrote. Throws: cli::Failure, if the file has none.
Baselined read_file(const std::string& path);

/// A percentile divided by the baseline's percentile, and the range in which noise may move this ratio.
struct Estimate {
  double ratio, least, most;
};
/// Returns: the ratio; nothing if there are too few samples. For `least` and `most` the ranks of
/// both histograms are moved by two standard deviations, in opposite directions.
std::optional<Estimate> estimate(const Baselined& report, double share);

struct ComparedRow {
  const char* name;  // "p99"
  std::optional<Estimate> before, after;
  /// Returns: whether `after` is worse by more than `tolerance`, even if all noise is in its favour.
  bool is_worse(double tolerance) const;
  bool is_better(double tolerance) const;
};

struct Comparison {
  Baselined before, after;
  std::vector<ComparedRow> rows;
  double tolerance;

  bool drops_out_more() const;
  bool is_worse() const;
  /// Returns: the last line, a sentence.
  std::string verdict() const;
  /// Returns: what makes the comparison doubtful: a busy machine, other policies. A sentence each.
  std::vector<std::string> doubts() const;
};

/// Returns: the comparison. Throws: cli::Failure, if the two measured different things, or if no percentile
/// can be compared. `tolerance`: a share.
Comparison compare(Baselined before, Baselined after, double tolerance);

/// Returns: the two files and their figures.
std::string figures_of(const Comparison& comparison, std::size_t columns);
/// Returns: the doubts, the figures and the verdict.
std::string as_text(const Comparison& comparison, std::size_t columns);
/// Returns: the whole HTML file: both distributions in one picture, and the text.
std::string as_page(const Comparison& comparison);
/// Effects: prints the comparison to `to`. Returns: the exit status, 1 if B is worse.
int judge(const Comparison& comparison, std::FILE* to);

}  // namespace refwave::measure
