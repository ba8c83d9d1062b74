// A measurement as a page that needs no other file, and the pictures in it, as SVG. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bench/measure/axis.h"
#include "bench/measure/measurement.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {

/// A point of a plot, both ways from 0 to 1, from the lower left corner.
struct Point {
  double x, y;
};

using cli::markup;

/// A plot as SVG text. The page's style sheet says what its marks look like. Pure.
class Plot {
 public:
  /// `description`: for readers who cannot see it.
  explicit Plot(std::string_view description);

  /// Effects: adds lines across the plot, and their values.
  void add_x_axis(std::span<const Tick> ticks);
  void add_y_axis(std::span<const Tick> ticks);
  /// `look`: the class in the style sheet.
  void add_line(std::span<const Point> points, std::string_view look);
  void add_area(std::span<const Point> points, std::string_view look);
  void add_dots(std::span<const Point> points, std::string_view look);
  /// Effects: shows `text` while the pointer is between these two, at any height.
  void add_tip(double from_x, double to_x, std::string_view text);

  std::string svg() const { return text_ + "</svg>\n"; }

 private:
  std::string text_;
};

/// Returns: the whole HTML file: the figures, how they are spread, the percentiles, the run.
std::string as_page(const Measurement& measurement);

/// Returns: the distribution of the durations: the share of each logarithmic span.
std::string distribution_plot(const Measurement& measurement);
/// Returns: the longest duration of each of the run's moments.
std::string time_plot(const Measurement& measurement);

/// Returns: a subject's class in the style sheet: "s0", "s1" …, in the order of the measurement, or "bare".
std::string look_of(const Measurement& measurement, const Subject& subject);

}  // namespace refwave::measure
