// A measurement as a page that needs no other file: its pictures are SVG.
#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/measure/axis.h"
#include "bench/measure/comparison.h"
#include "bench/measure/report.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

using cli::markup;

constexpr std::size_t kPageColumns = 80;  // of text

// The look of the page, in light and in dark, wide and narrow. Where plots are half as wide, their letters
// are twice as large, and the less important values are left out.
constexpr const char* kPageStyle = R"(
:root { color-scheme: light dark; --ground: #ffffff; --panel: #f5f7f9; --ink: #1c2128; --soft: #57606a; --rule: #dde2e7;
  --s0: #1769d2; --s1: #0f8a72; --bare: #d97a1d; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1318; --panel: #171d24; --ink: #e4e9ee; --soft: #98a4b0;
  --rule: #2b343d; --s0: #5ba3f8; --s1: #3cc3a4; --bare: #f0a04b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 6px; }
h2 { font-size: 1.15rem; margin: 36px 0 2px; }
p { margin: 0 0 8px; }
.warning { border-left: 4px solid var(--bare); padding: 4px 10px; background: var(--panel); }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(125px, 1fr)); gap: 10px; margin: 20px 0 8px; }
.tile { background: var(--panel); border-radius: 8px; padding: 10px 14px; }
.tile b { display: block; font-size: 1.35rem; font-weight: 600; white-space: nowrap; }
.tile span { color: var(--soft); font-size: .85rem; }
figure { margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: .9rem; margin: 4px 0; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
.below { text-anchor: middle; } .last { text-anchor: end; } .beside { text-anchor: end; }
.grid { stroke: var(--rule); stroke-width: 1; } .base { stroke: var(--soft); stroke-width: 1; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; } .area { opacity: .16; stroke: none; }
.line.s0 { stroke: var(--s0); } .area.s0, i.s0 { fill: var(--s0); background: var(--s0); }
.line.s1 { stroke: var(--s1); } .area.s1, i.s1 { fill: var(--s1); background: var(--s1); }
.line.bare { stroke: var(--bare); } .area.bare, i.bare { fill: var(--bare); background: var(--bare); }
.wide { overflow-x: auto; scrollbar-width: thin; scrollbar-color: var(--soft) var(--panel); }
.wide::-webkit-scrollbar { height: 8px; background: var(--panel); } .wide::-webkit-scrollbar-thumb { background: var(--soft); border-radius: 4px; }
@media (max-width: 620px) { main { padding: 20px 14px 32px; } svg text { font-size: 25px; } .minor { display: none; }
  .wide { overflow-x: scroll; border-right: 3px solid var(--rule); }
  .line { stroke-width: 3; } }
)";

/// Returns: a subject's class in the style sheet: "s0", "s1" …, in the order of the measurement, or "bare".
std::string look_of(const Measurement& measurement, const Series& subject) {
  if (&subject == &measurement.bare()) return "bare";
  return "s" + std::to_string(&subject - measurement.subjects.data());
}

/// A point of a plot, both ways from 0 to 1, from the lower left corner.
struct Point {
  double x, y;
};

/// Returns: an axis on which the durations of all subjects have their places.
LogAxis duration_axis(const Measurement& m) {
  std::uint64_t least = ~std::uint64_t{0};
  std::uint64_t most = kShortestShown;
  for (const Series& subject : m.subjects) {
    if (subject.measured.count() == 0) continue;
    least = std::min(least, subject.measured.min());
    most = std::max(most, subject.measured.max());
  }
  return {std::clamp(least, kShortestShown, most), most};
}

// The columns of a distribution: equal parts of the axis, or of every factor of two of a duration.
constexpr double kColumnsPerOctave = 6;

double column_of(std::uint64_t ns) {
  return std::floor(std::log2(static_cast<double>(std::max(ns, kShortestShown))) * kColumnsPerOctave);
}
double start_of(double column) { return std::exp2(column / kColumnsPerOctave); }

/// Returns: the share of each column that has durations, in percent.
std::map<double, double> shares(const Histogram& histogram) {
  std::map<double, double> all;
  for (const Histogram::Step& step : histogram.steps())
    all[column_of(std::clamp(step.from, histogram.min(), histogram.max()))] +=
        100 * static_cast<double>(step.count) / static_cast<double>(histogram.count());
  return all;
}

/// Returns: the outline of a distribution's columns.
std::vector<Point> outline(const std::map<double, double>& shares, const LogAxis& across,
                           const LinearAxis& up) {
  std::vector<Point> points;
  if (shares.empty()) return points;
  const double last = shares.rbegin()->first;
  points.push_back({across.at(start_of(shares.begin()->first)), 0});
  for (double column = shares.begin()->first; column <= last; ++column) {
    const auto share = shares.find(column);
    const double y = share != shares.end() ? up.at(share->second) : 0;
    points.push_back({across.at(start_of(column)), y});
    points.push_back({across.at(start_of(column + 1)), y});
  }
  points.push_back({points.back().x, 0});
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

/// A plot as SVG text. The style sheet says what its marks look like.
class Plot {
 public:
  /// `description`: for readers who cannot see it.
  Plot(std::string_view description, const std::vector<Tick>& across, const std::vector<Tick>& up)
      : text_(cli::formatted("<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", kWidth, kHeight) +
              markup(description) + "\">\n") {
    for (const Tick& tick : up) {
      text_ += path("M" + xy({0, tick.at}) + "L" + xy({1, tick.at}), "grid");
      text_ += label(kLeft - 8, pixel_y(tick.at) + 5, "beside", tick);
    }
    for (const Tick& tick : across) {
      text_ += path("M" + xy({tick.at, 0}) + "L" + xy({tick.at, 1}), "grid");
      const bool is_last = tick.at > 0.95;  // in the middle it would not fit
      text_ += label(pixel_x(tick.at) + (is_last ? kRight : 0), kHeight - kBottom + 28,
                     is_last ? "below last" : "below", tick);
    }
    text_ += path("M" + xy({0, 0}) + "L" + xy({1, 0}), "base");
  }

  /// `look`: the class in the style sheet.
  void add_columns(std::span<const Point> outline, const std::string& look) {
    text_ +=
        path(lines_between(outline) + "Z", "area " + look) + path(lines_between(outline), "line " + look);
  }
  std::string svg() const { return text_ + "</svg>\n"; }

 private:
  std::string text_;
};

std::string distribution_plot(const Measurement& m) {
  const LogAxis across = duration_axis(m);
  std::vector<std::map<double, double>> all;
  double most = 0;
  for (const Series& subject : m.subjects) {
    all.push_back(shares(subject.measured));
    for (const auto& [column, share] : all.back()) most = std::max(most, share);
  }
  const LinearAxis up(most * 1.05);
  Plot plot("Distribution of latencies", across.ticks(), up.ticks());
  for (std::size_t i = all.size(); i-- > 0;)
    plot.add_columns(outline(all[i], across, up), look_of(m, m.subjects[i]));
  return plot.svg();
}

std::string tiles(const Measurement& m) {
  const auto tile = [](std::string_view value, std::string_view what) {
    return "<div class=\"tile\"><b>" + markup(value) + "</b><span>" + markup(what) + "</span></div>\n";
  };
  std::string text = "<div class=\"tiles\">\n";
  for (const Column& column : kColumns)
    text += tile(percentile_text(m.driver().measured, column), column.title);
  const Ratio ratio = ratio_of(m);
  return text + tile(cli::formatted("%.3g ×", ratio.at(0.5)), ratio.name + ", p50") + "</div>\n";
}

std::string figure(const Measurement& m, std::string_view title, std::string_view caption,
                   const std::string& plot) {
  std::string text = "<figure>\n<h2>" + markup(title) + "</h2>\n<figcaption>" + markup(caption) +
                     "</figcaption>\n<div class=\"legend\">";
  for (const Series& subject : m.subjects)
    text += "<span><i class=\"" + look_of(m, subject) + "\"></i>" + markup(subject.name) + "</span>";
  return text + "</div>\n" + plot + "</figure>\n";
}

/// Returns: text as on a terminal.
std::string plain_text(const std::string& text) {
  std::string html = "<div class=\"wide\" tabindex=\"0\"><pre>";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) html += markup(line) + '\n';
  return html + "</pre></div>\n";
}

std::string facts(const Measurement& m) {
  std::string text;
  const auto add = [&text](const char* name, const std::string& value) {
    text += cli::left(name, 22) + value + '\n';
  };
  add("machine",
      m.machine.system + ", " + m.machine.processor + cli::formatted(", %u cores", m.machine.cores));
  add("began",
      m.began + cli::formatted(", for %.1f s%s", m.seconds, m.is_interrupted ? ", interrupted" : ""));
  add("version", "refwave " + m.version);
  for (const Setting& setting : kSettings)
    if (const std::string value = text_of(m.settings, setting); !value.empty()) add(setting.key, value);
  return text;
}

std::string page(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         title + "</title>\n<style>" + kPageStyle + "</style>\n</head>\n<body>\n<main>\n<h1>" + title +
         "</h1>\n" + body + "</main>\n</body>\n</html>\n";
}

std::string warning(const std::string& line) { return "<p class=\"warning\">" + markup(line) + "</p>\n"; }

std::string distribution(const Measurement& m) {
  return figure(m, "Distribution", "Up: share of the blocks. Across: latency, logarithmic.",
                distribution_plot(m));
}

}  // namespace

std::string as_page(const Measurement& m) {
  std::string text = (m.others_percent >= kBusyPercent ? warning(remarks(m).front()) : "") + "<p>" +
                     markup(m.driver().name + " on " + m.settings.device) + "</p>\n<p class=\"soft\">" +
                     markup("Measured " + meaning(m) + ".") + "</p>\n" + tiles(m) + distribution(m) +
                     "<h2>Percentiles</h2>\n" + plain_text(percentiles(m, kPageColumns));
  for (const std::string& line : remarks(m)) text += "<p class=\"soft\">" + markup(line) + "</p>\n";
  return page(m.is_from_outside() ? "Blocks reported late" : "Buffer-done latency",
              text + "<h2>Machine and settings</h2>\n" + plain_text(facts(m)));
}

std::string as_page(const Comparison& c) {
  Measurement m;
  m.subjects = {Series("A: " + c.before.name), Series("B: " + c.after.name), Series("bare wakes of both")};
  m.subjects[0].measured.merge(c.before.whole);
  m.subjects[1].measured.merge(c.after.whole);
  for (const Baselined* one : {&c.before, &c.after}) m.subjects[2].measured.merge(one->baseline);
  std::string doubts;
  for (const std::string& line : c.doubts()) doubts += warning(line);
  return page("Two measurements", doubts + "<p>" + markup(c.verdict()) + "</p>\n" + distribution(m) +
                                      plain_text(figures_of(c, kPageColumns)));
}

}  // namespace refwave::measure
