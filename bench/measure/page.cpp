// A measurement as a page that needs no other file: its pictures are SVG.
#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

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

// The columns of a distribution: equal parts of the axis, or of every factor of two of a duration.
constexpr double kColumnsPerOctave = 6;
constexpr std::uint64_t kShortestShown = 500;  // ns; shorter ones look alike: a few readings of the clock

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

// Beside the plot there is room for values in letters twice as large: a narrow screen shows them so.
constexpr double kWidth = 760, kHeight = 290;
constexpr double kLeft = 96, kRight = 28, kTop = 14, kBottom = 44;

/// The distributions of a measurement as SVG text: across, every factor of ten is equally long; up, from 0
/// percent. The style sheet says what its marks look like.
class Plot {
 public:
  explicit Plot(const Measurement& m) {
    std::uint64_t least = ~std::uint64_t{0}, most = kShortestShown;
    for (const Series& subject : m.subjects) {
      if (subject.measured.count() == 0) continue;
      least = std::min(least, subject.measured.min());
      most = std::max(most, subject.measured.max());
      for (const auto& [column, share] : shares(subject.measured)) most_ = std::max(most_, 1.05 * share);
    }
    from_ = std::log10(static_cast<double>(std::clamp(least, kShortestShown, most)));
    to_ = std::log10(static_cast<double>(most));
    const double margin =
        std::max(0.03 * (to_ - from_), (1 - (to_ - from_)) / 2);  // a factor of ten at least
    from_ -= margin;
    to_ += margin;
    add_percents();
    add_durations();
    add_line({{kLeft, y(0)}, {kWidth - kRight, y(0)}}, "base");
    for (std::size_t i = m.subjects.size(); i-- > 0;)
      add_columns(shares(m.subjects[i].measured), look_of(m, m.subjects[i]));
  }

  std::string svg() const {
    return cli::formatted("<svg viewBox=\"0 0 %g %g\" role=\"img\" ", kWidth, kHeight) +
           "aria-label=\"Distribution of latencies\">\n" + text_ + "</svg>\n";
  }

 private:
  struct Point {
    double x, y;
  };

  double x(double ns) const {
    const double at = std::clamp((std::log10(ns) - from_) / (to_ - from_), 0.0, 1.0);
    return kLeft + at * (kWidth - kLeft - kRight);
  }
  double y(double percent) const { return kHeight - kBottom - percent / most_ * (kHeight - kTop - kBottom); }

  void add_line(std::initializer_list<Point> points, std::string_view look) { add_path(points, "", look); }
  void add_path(std::span<const Point> points, std::string_view end, std::string_view look) {
    text_.append("<path class=\"").append(look).append("\" d=\"");
    for (const Point& point : points)
      text_ += cli::formatted("%c%.1f %.1f", &point == points.data() ? 'M' : 'L', point.x, point.y);
    text_.append(end).append("\"/>\n");
  }
  void add_label(Point at, const std::string& look, const std::string& text) {
    text_ += cli::formatted("<text x=\"%.1f\" y=\"%.1f\" class=\"", at.x, at.y) + look + "\">" + text +
             "</text>\n";
  }

  /// At most eight round numbers. Where there is little room, the minor ones are left out.
  void add_percents() {
    double step = std::pow(10, std::floor(std::log10(most_)) - 1);
    for (int i = 0; most_ / step > 7; ++i) step *= i % 3 == 1 ? 2.5 : 2;  // 1, 2, 5, 10
    for (int i = 0; i * step <= most_; ++i) {
      add_line({{kLeft, y(i * step)}, {kWidth - kRight, y(i * step)}}, "grid");
      add_label({kLeft - 8, y(i * step) + 5}, i % 2 == 0 ? "beside" : "beside minor",
                cli::formatted("%.3g %%", i * step));
    }
  }
  /// 1, 2 and 5 times the powers of ten; only the powers if the axis is long.
  void add_durations() {
    const double tens = to_ - from_;
    for (double ten = std::pow(10, std::floor(from_)); std::log10(ten) <= to_; ten *= 10) {
      for (const double ns : {ten, 2 * ten, 5 * ten}) {
        if (std::log10(ns) < from_ || std::log10(ns) > to_ || (ns != ten && tens > 3)) continue;
        add_line({{x(ns), y(0)}, {x(ns), y(most_)}}, "grid");
        const bool is_last = std::log10(ns) > to_ - 0.05 * tens;  // in the middle it would not fit
        add_label({x(ns) + (is_last ? kRight : 0), kHeight - kBottom + 28},
                  std::string(is_last ? "below last" : "below") + (ns == ten || tens < 1.5 ? "" : " minor"),
                  cli::round_duration_text(ns));
      }
    }
  }
  void add_columns(const std::map<double, double>& shares, const std::string& look) {
    std::vector<Point> outline;
    double end = 0;
    for (const auto& [column, share] : shares) {
      if (column != end && !outline.empty())
        outline.insert(outline.end(), {{x(start_of(end)), y(0)}, {x(start_of(column)), y(0)}});
      if (outline.empty()) outline.push_back({x(start_of(column)), y(0)});
      end = column + 1;
      outline.insert(outline.end(), {{x(start_of(column)), y(share)}, {x(start_of(end)), y(share)}});
    }
    if (!outline.empty()) outline.push_back({outline.back().x, y(0)});
    add_path(outline, "Z", "area " + look);
    add_path(outline, "", "line " + look);
  }

  double from_ = 0, to_ = 0;  // decimal logarithms of ns
  double most_ = 1;           // percent
  std::string text_;
};

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

std::string distribution(const Measurement& m) {
  std::string text =
      "<figure>\n<h2>Distribution</h2>\n<figcaption>Up: share of the blocks. Across: latency, logarithmic."
      "</figcaption>\n<div class=\"legend\">";
  for (const Series& subject : m.subjects)
    text += "<span><i class=\"" + look_of(m, subject) + "\"></i>" + markup(subject.name) + "</span>";
  return text + "</div>\n" + Plot(m).svg() + "</figure>\n";
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
