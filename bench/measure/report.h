// A measurement on a terminal, as a page, and as JSON (bench/MEASURING.md
// says what each member means). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "bench/measure/measurement.h"
#include "inf/cli/console/json.h"

namespace refwave::measure {

/// Returns: the row in a terminal of so many columns; one of fewer than 80 shows less.
std::string terminal_row(const Row& row, std::size_t columns);

/// Returns: percentiles, pieces and remarks.
std::string as_text(const Measurement& measurement, std::size_t columns);

/// Returns: count, minimum, mean and percentiles.
cli::Json figures(const Histogram& histogram);
/// Returns: the members that every report begins with.
cli::Json json_of(const Run& run);
/// Returns: all figures as one object.
cli::Json report_of(const Measurement& measurement);
/// Returns: the same as text, and a line end after it.
std::string as_json(const Measurement& measurement);
/// Returns: the whole HTML file: the figures, their distribution, the run, the percentiles.
std::string as_page(const Measurement& measurement);

}  // namespace refwave::measure
