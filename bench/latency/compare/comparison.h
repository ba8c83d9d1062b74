// Two reports of `refwave latency`: whether the second one's driver is slower than the first one's. Machines
// differ and are busy, so each report's figures are first divided by the bare wake-up that was measured in
// the same seconds. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refwave::latency {

/// Durations as a report's histogram has them, in rising order.
struct Counted {
  struct Step {
    double from, to;
    std::uint64_t count;
  };
  std::vector<Step> steps;
  std::uint64_t count = 0;

  /// Returns: the duration of this rank, counted from 1.
  double at_rank(double rank) const;
};

/// What a report says of a driver and of its baseline.
struct Baselined {
  std::string measure;  // both reports have to have measured the same
  Counted driver;       // from the wake-up on, where there is one
  Counted baseline;
};

/// Throws: std::runtime_error, if `json` is no report.
Baselined read_report(std::string_view json);

/// A percentile as a ratio to the baseline's, and what noise could make of it.
struct Estimate {
  double ratio, least, most;
};
/// Returns: nothing where a count cannot bear the percentile. `least` and `most`: two standard deviations of
/// the rank, of both histograms, in the worse direction each.
std::optional<Estimate> estimate(const Baselined& report, double share);

struct ComparedRow {
  const char* name;  // "p99"
  std::optional<Estimate> before, after;
  /// Returns: whether `after` is worse by more than `tolerance` even with all noise in its favour.
  bool is_worse(double tolerance) const;
  bool is_better(double tolerance) const;
};

struct Comparison {
  std::vector<ComparedRow> rows;
  double tolerance;
  bool is_worse() const;
};

/// Throws: std::runtime_error, if the two did not measure the same, or no percentile can be compared.
Comparison compare(const Baselined& before, const Baselined& after, double tolerance);

std::string as_text(const Comparison& comparison, std::size_t columns);

}  // namespace refwave::latency
