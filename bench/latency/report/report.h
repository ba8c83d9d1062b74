// A measurement on a terminal (the table, and the distribution as bars), and as JSON (bench/MEASURING.md
// says what each member means). Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "bench/latency/report/measurement.h"
#include "inf/cli/console/json.h"

namespace refwave::latency {

struct TerminalStyle {
  std::size_t columns = 80;
  bool has_unicode = true;  // else nothing but ASCII
};

struct Bars {
  std::string_view title;
  const bench::Histogram* histogram;
};

/// Returns: a line for each logarithmic span from the shortest duration to the longest, with every
/// histogram's bar and count side by side. Even a count of one in a million has a visible bar.
std::string bar_chart(std::span<const Bars> histograms, const TerminalStyle& style);

/// Returns: the titles of the columns of a table in a terminal of so many columns, and a histogram's line of
/// it. Its first column takes 20 letters, or 16 of a terminal with fewer than 80.
std::string terminal_heading(std::size_t columns);
std::string terminal_row(const std::string& name, const bench::Histogram& histogram, std::size_t columns);

/// Returns: percentiles, pieces, remarks and bars.
std::string as_text(const Measurement& measurement, const TerminalStyle& style);

/// Returns: count, minimum, mean and percentiles.
cli::Json figures(const bench::Histogram& histogram);
/// Returns: all figures as one object.
cli::Json report_of(const Measurement& measurement);
/// Returns: the same as text, and a line end after it.
std::string as_json(const Measurement& measurement);

}  // namespace refwave::latency
