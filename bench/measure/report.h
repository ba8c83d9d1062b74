// A measurement on a terminal, as a page, and as JSON (bench/MEASURING.md
// says what each member means). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "bench/measure/measurement.h"
#include "inf/cli/console/json.h"

namespace refwave::measure {

/// Returns: the titles above rows, and a row. A terminal of fewer than 80 columns shows less.
std::string heading(std::size_t columns);
std::string row_of(const std::string& name, const Histogram& histogram, std::size_t columns);
/// Returns: a row of each subject, its pieces below it, and the ratio.
std::string percentiles(const Measurement& measurement, std::size_t columns);

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
/// Returns: the whole HTML file: the figures, their distribution, the percentiles.
std::string as_page(const Measurement& measurement);

/// Throws: cli::Failure, if both reports would go into the same file.
void check_files_differ(const std::string& json, const std::string& html);

}  // namespace refwave::measure
