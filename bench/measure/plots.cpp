#include "bench/measure/plots.h"

#include <algorithm>
#include <cmath>

namespace refwave::measure {
namespace {

/// Returns: the shortest and the longest duration of all subjects; without any the first is the greater.
std::pair<std::uint64_t, std::uint64_t> limits_of(const Measurement& m) {
  std::uint64_t least = ~std::uint64_t{0};
  std::uint64_t most = 0;
  for (const Subject& subject : m.subjects) {
    if (subject.series.measured.count() == 0) continue;
    least = std::min(least, subject.series.measured.min());
    most = std::max(most, subject.series.measured.max());
  }
  return {least, most};
}

/// Returns: an axis on which the durations of all subjects have their places.
LogAxis duration_axis(const Measurement& m) {
  const auto [least, most] = limits_of(m);
  return {std::max(std::min(least, most), kShortestShown), std::max(most, kShortestShown)};
}

/// The spans of a distribution: equal parts of the axis, or of every factor of two of a duration.
struct Spans {
  static constexpr double kPerOctave = 6;

  static double index_of(std::uint64_t ns) {
    return std::floor(std::log2(static_cast<double>(std::max(ns, kShortestShown))) * kPerOctave);
  }
  static double start_of(double index) { return std::exp2(index / kPerOctave); }

  double first;
  std::size_t count;
};

Spans spans_of(const Measurement& m) {
  const auto [least, most] = limits_of(m);
  if (least > most) return {0, 0};
  const double first = Spans::index_of(least);
  return {first, static_cast<std::size_t>(Spans::index_of(most) - first) + 1};
}

/// Returns: the share of each span, in percent.
std::vector<double> shares(const Spans& spans, const Histogram& histogram) {
  std::vector<double> result(spans.count);
  for (const Histogram::Step& step : histogram.steps()) {
    const std::uint64_t ns = std::clamp(step.from, histogram.min(), histogram.max());
    const double index =
        std::clamp(Spans::index_of(ns) - spans.first, 0.0, static_cast<double>(spans.count - 1));
    result[static_cast<std::size_t>(index)] +=
        100 * static_cast<double>(step.count) / static_cast<double>(histogram.count());
  }
  return result;
}

/// Returns: the outline of a distribution's columns.
std::vector<Point> outline(const Spans& spans, const std::vector<double>& heights, const LogAxis& across,
                           const LinearAxis& up) {
  std::vector<Point> points = {{across.at(Spans::start_of(spans.first)), 0}};
  for (std::size_t i = 0; i < heights.size(); ++i) {
    const double from = spans.first + static_cast<double>(i);
    points.push_back({across.at(Spans::start_of(from)), up.at(heights[i])});
    points.push_back({across.at(Spans::start_of(from + 1)), up.at(heights[i])});
  }
  points.push_back({points.back().x, 0});
  return points;
}

std::string tip(const Measurement& m, const std::vector<std::vector<double>>& all, std::size_t span,
                double start) {
  std::string text = duration_text(start) + " – " + duration_text(start * std::exp2(1 / Spans::kPerOctave));
  for (std::size_t i = 0; i < all.size(); ++i)
    text += cli::formatted("\n%s: %.2f %%", m.subjects[i].series.name.c_str(), all[i][span]);
  return text;
}

/// Returns: the largest duration of each of `columns` equal parts of the run.
std::vector<Point> moments(const OverTime& over_time, const LinearAxis& across, const LogAxis& up) {
  constexpr std::size_t kColumns = 600;  // about a pixel each
  std::vector<std::uint64_t> largest(kColumns + 1);
  const double span_s = static_cast<double>(over_time.span_ns()) / 1e9;
  for (std::size_t i = 0; i < over_time.spans().size(); ++i) {
    const double at = across.at((static_cast<double>(i) + 0.5) * span_s);
    auto& column = largest[static_cast<std::size_t>(at * kColumns)];
    column = std::max(column, over_time.spans()[i]);
  }
  std::vector<Point> points;
  for (std::size_t i = 0; i < largest.size(); ++i) {
    if (largest[i] != 0)
      points.push_back({static_cast<double>(i) / kColumns, up.at(static_cast<double>(largest[i]))});
  }
  return points;
}

// Beside the plot there is room for values in letters twice as large: a narrow screen shows them so.
constexpr double kWidth = 760, kHeight = 290;
constexpr double kLeft = 96, kRight = 28, kTop = 14, kBottom = 44;

double pixel_x(double x) { return kLeft + x * (kWidth - kLeft - kRight); }
double pixel_y(double y) { return kHeight - kBottom - y * (kHeight - kTop - kBottom); }

std::string xy(const Point& point) { return cli::formatted("%.1f %.1f", pixel_x(point.x), pixel_y(point.y)); }

std::string path(std::string_view data, std::string_view look) {
  return "<path class=\"" + std::string(look) + "\" d=\"" + std::string(data) + "\"/>\n";
}

std::string lines_between(std::span<const Point> points) {
  std::string data;
  for (const Point& point : points) data.append(data.empty() ? "M" : "L").append(xy(point));
  return data;
}

std::string label(double x, double y, std::string_view look, const Tick& tick) {
  return cli::formatted("<text x=\"%.1f\" y=\"%.1f\" class=\"", x, y) + std::string(look) +
         (tick.is_major ? "" : " minor") + "\">" + markup(tick.text) + "</text>\n";
}

}  // namespace

std::string look_of(const Measurement& measurement, const Subject& subject) {
  if (&subject == &measurement.bare()) return "bare";
  return "s" + std::to_string(&subject - measurement.subjects.data());
}

std::string distribution_plot(const Measurement& m) {
  const Spans spans = spans_of(m);
  const LogAxis across = duration_axis(m);
  std::vector<std::vector<double>> all;
  double most = 0;
  for (const Subject& subject : m.subjects) {
    all.push_back(shares(spans, subject.series.corrected()));
    for (const double share : all.back()) most = std::max(most, share);
  }
  const LinearAxis up(most * 1.05);
  Plot plot("Distribution of latencies");
  plot.add_y_axis(up.ticks(" %"));
  plot.add_x_axis(across.ticks());
  for (std::size_t i = all.size(); i-- > 0;) {
    const std::vector<Point> points = outline(spans, all[i], across, up);
    const std::string look = look_of(m, m.subjects[i]);
    plot.add_area(points, "area " + look);
    plot.add_line(points, "line " + look);
  }
  for (std::size_t i = 0; i < spans.count; ++i) {
    const double start = Spans::start_of(spans.first + static_cast<double>(i));
    const double end = Spans::start_of(spans.first + static_cast<double>(i) + 1);
    plot.add_tip(across.at(start), across.at(end), tip(m, all, i, start));
  }
  return plot.svg();
}

std::string time_plot(const Measurement& m) {
  double seconds = 0;
  for (const Subject& subject : m.subjects) {
    const OverTime& over_time = subject.series.over_time;
    seconds = std::max(seconds, static_cast<double>(over_time.spans().size()) *
                                    static_cast<double>(over_time.span_ns()) / 1e9);
  }
  const LinearAxis across(seconds);
  const LogAxis up = duration_axis(m);
  Plot plot("Longest latencies over the run");
  plot.add_y_axis(up.ticks());
  plot.add_x_axis(across.ticks(" s"));
  for (std::size_t i = m.subjects.size(); i-- > 0;)
    plot.add_dots(moments(m.subjects[i].series.over_time, across, up), "dots " + look_of(m, m.subjects[i]));
  return plot.svg();
}

Plot::Plot(std::string_view description)
    : text_(cli::formatted("<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", kWidth, kHeight) +
            markup(description) + "\">\n") {}

void Plot::add_x_axis(std::span<const Tick> ticks) {
  for (const Tick& tick : ticks) {
    text_ += path("M" + xy({tick.at, 0}) + "L" + xy({tick.at, 1}), "grid");
    const bool is_last = tick.at > 0.95;  // in the middle it would not fit
    text_ += label(pixel_x(tick.at) + (is_last ? kRight : 0), kHeight - kBottom + 28,
                   is_last ? "below last" : "below", tick);
  }
  text_ += path("M" + xy({0, 0}) + "L" + xy({1, 0}), "base");
}

void Plot::add_y_axis(std::span<const Tick> ticks) {
  for (const Tick& tick : ticks) {
    text_ += path("M" + xy({0, tick.at}) + "L" + xy({1, tick.at}), "grid");
    text_ += label(kLeft - 8, pixel_y(tick.at) + 5, "beside", tick);
  }
}

void Plot::add_line(std::span<const Point> points, std::string_view look) {
  if (!points.empty()) text_ += path(lines_between(points), look);
}

void Plot::add_area(std::span<const Point> points, std::string_view look) {
  if (points.empty()) return;
  text_ += path(
      lines_between(points) + "L" + xy({points.back().x, 0}) + "L" + xy({points.front().x, 0}) + "Z", look);
}

/// A line that goes nowhere is a dot, if its ends are round.
void Plot::add_dots(std::span<const Point> points, std::string_view look) {
  std::string data;
  for (const Point& point : points) data += "M" + xy(point) + "h0";
  if (!data.empty()) text_ += path(data, look);
}

void Plot::add_tip(double from_x, double to_x, std::string_view text) {
  text_ += cli::formatted("<rect class=\"tip\" x=\"%.1f\" y=\"%g\" width=\"%.1f\" height=\"%g\"><title>",
                          pixel_x(from_x), kTop, pixel_x(to_x) - pixel_x(from_x), kHeight - kTop - kBottom) +
           markup(text) + "</title></rect>\n";
}

}  // namespace refwave::measure
