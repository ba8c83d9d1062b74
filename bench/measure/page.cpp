#include "bench/measure/axis.h"
#include "bench/measure/plots.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

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
.dots { fill: none; stroke-width: 3.5; stroke-linecap: round; opacity: .75; }
.line.s0, .dots.s0 { stroke: var(--s0); } .area.s0, i.s0 { fill: var(--s0); background: var(--s0); }
.line.s1, .dots.s1 { stroke: var(--s1); } .area.s1, i.s1 { fill: var(--s1); background: var(--s1); }
.line.bare, .dots.bare { stroke: var(--bare); } .area.bare, i.bare { fill: var(--bare); background: var(--bare); }
.tip { fill: transparent; } .tip:hover { fill: var(--soft); fill-opacity: .12; }
.wide { overflow-x: auto; scrollbar-width: thin; scrollbar-color: var(--soft) var(--panel); }
.wide::-webkit-scrollbar { height: 8px; background: var(--panel); } .wide::-webkit-scrollbar-thumb { background: var(--soft); border-radius: 4px; }
.more { display: none; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; margin: 6px 0; }
th, td { padding: 5px 8px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; } thead th { color: var(--soft); font-weight: 500; }
.facts td { text-align: left; white-space: normal; } .facts td:first-child { color: var(--soft); width: 10rem; vertical-align: top; }
.part td:first-child { padding-left: 16px; color: var(--soft); }
@media (max-width: 620px) { main { padding: 20px 14px 32px; } svg text { font-size: 25px; } .minor { display: none; }
  .more { display: block; } .wide { overflow-x: scroll; border-right: 3px solid var(--rule); }
  .wide td:first-child, .wide th:first-child { position: sticky; left: 0; background: var(--ground); }
  .line { stroke-width: 3; } .dots { stroke-width: 6; } }
)";

std::string tile(std::string_view value, std::string_view what) {
  return "<div class=\"tile\"><b>" + markup(value) + "</b><span>" + markup(what) + "</span></div>\n";
}

std::string tiles(const Measurement& m) {
  const Histogram latency = m.driver().series.corrected();
  std::string text = "<div class=\"tiles\">\n";
  for (const Column& column : kColumns) text += tile(percentile_text(latency, column), column.title);
  const Ratio ratio = ratio_of(m);
  return text + tile(cli::formatted("%.3g ×", ratio.at(0.5)), ratio.name + ", p50") + "</div>\n";
}

std::string legend(const Measurement& m) {
  std::string text = "<div class=\"legend\">";
  for (const Subject& subject : m.subjects)
    text += "<span><i class=\"" + look_of(m, subject) + "\"></i>" + markup(subject.series.name) + "</span>";
  return text + "</div>\n";
}

std::string figure(const Measurement& m, std::string_view title, std::string_view caption,
                   const std::string& plot) {
  return "<figure>\n<h2>" + markup(title) + "</h2>\n<figcaption>" + markup(caption) + "</figcaption>\n" +
         legend(m) + plot + "</figure>\n";
}

std::string row(std::string_view name, const Histogram& histogram, std::string_view look) {
  std::string text = "<tr class=\"" + std::string(look) + "\"><td>" + markup(name) + "</td>";
  for (const Column& column : kColumns) text += "<td>" + markup(percentile_text(histogram, column)) + "</td>";
  return text + cli::formatted("<td>%llu</td></tr>\n", static_cast<unsigned long long>(histogram.count()));
}

std::string ratio_row(const Measurement& m) {
  const Ratio ratio = ratio_of(m);
  std::string text = "<tr><td>" + markup(ratio.name) + "</td>";
  for (const Column& column : kColumns) text += "<td>" + ratio_text(ratio, column) + "</td>";
  return text + "<td></td></tr>\n";
}

std::string percentiles(const Measurement& m) {
  std::string text =
      "<h2>Percentiles</h2>\n<p class=\"soft more\">The table is wider than the screen: swipe it "
      "sideways.</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Percentiles\"><table><thead><tr><th></th>";
  for (const Column& column : kColumns) text += "<th>" + std::string(column.title) + "</th>";
  text += "<th>count</th></tr></thead>\n";
  for (const Subject& subject : m.subjects) {
    text += row(subject.series.name, subject.series.corrected(), "");
    if (subject.series.omitted.count() != 0) text += row("uncorrected", subject.series.measured, "part");
    if (&subject != &m.driver() || !m.pieces) continue;
    for (std::size_t i = 0; i < trace::kPieces; ++i)
      text += row(trace::kPieceNames[i], m.pieces->each[i], "part");
    if (m.pieces->has_wakes()) text += row("from wake", m.pieces->from_wake, "part");
  }
  text += ratio_row(m) + "</table></div>\n";
  for (const std::string& line : remarks(m)) text += "<p class=\"soft\">" + markup(line) + "</p>\n";
  return text;
}

std::string facts(const Measurement& m) {
  std::string text = "<h2>Machine and settings</h2>\n<table class=\"facts\">\n";
  for (const auto& [name, value] : facts_of(m))
    text += "<tr><td>" + markup(name) + "</td><td>" + markup(value) + "</td></tr>\n";
  return text + "</table>\n";
}

}  // namespace

std::string as_page(const Measurement& m) {
  const std::string title = m.is_from_outside() ? "Blocks reported late" : "Buffer-done latency";
  const std::string busy =
      m.others_percent >= kBusyPercent ? "<p class=\"warning\">" + markup(remarks(m).front()) + "</p>\n" : "";
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         title + "</title>\n<style>" + kPageStyle + "</style>\n</head>\n<body>\n<main>\n<h1>" + title +
         "</h1>\n" + busy + "<p>" + markup(m.driver().series.name + " on " + m.settings.device) +
         "</p>\n<p class=\"soft\">" + markup("Measured " + meaning(m) + ".") + "</p>\n" + tiles(m) +
         figure(m, "Distribution", "Up: share of the blocks. Across: latency, logarithmic.",
                distribution_plot(m)) +
         figure(m, "Over the run",
                "Up: latency, logarithmic. Across: time; of blocks that share a pixel the longest.",
                time_plot(m)) +
         percentiles(m) + facts(m) + "</main>\n</body>\n</html>\n";
}

}  // namespace refwave::measure
