// A measurement on a terminal, and as JSON (bench/MEASURING.md
// says what each member means). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "bench/measure/measurement.h"
#include "inf/cli/console/json.h"

namespace refwave::measure {

/// Returns: the titles of the columns of a table in a terminal of so many columns, and a histogram's line of
/// it. Its first column takes 20 letters, or 16 of a terminal with fewer than 80.
std::string terminal_heading(std::size_t columns);
std::string terminal_row(const std::string& name, const Histogram& histogram, std::size_t columns);

/// Returns: percentiles, pieces and remarks.
std::string as_text(const Measurement& measurement, std::size_t columns);

/// Returns: count, minimum, mean and percentiles.
cli::Json figures(const Histogram& histogram);
/// Returns: all figures as one object.
cli::Json report_of(const Measurement& measurement);
/// Returns: the same as text, and a line end after it.
std::string as_json(const Measurement& measurement);

}  // namespace refwave::measure
