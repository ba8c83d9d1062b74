#include "bench/latency/plots/svg.h"

#include "driver/cli/console/text.h"

namespace refwave::latency {
namespace {

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

}  // namespace refwave::latency
