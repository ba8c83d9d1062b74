#include <algorithm>
#include <numeric>

#include "bench/latency/plots/page_style.h"
#include "bench/latency/plots/plots.h"
#include "bench/latency/plots/svg.h"
#include "bench/latency/report/axis.h"
#include "driver/cli/console/text.h"

namespace refwave::latency {
namespace {

std::string tile(std::string_view value, std::string_view what) {
  return "<div class=\"tile\"><b>" + markup(value) + "</b><span>" + markup(what) + "</span></div>\n";
}

std::string tiles(const Measurement& m) {
  const bench::Histogram latency = m.driver().series.corrected();
  std::string text = "<div class=\"tiles\">\n";
  for (const Column& column : kColumns)
    text += tile(cli::percentile_text(latency.percentile(column.share), column.share, latency.count()),
                 column.title);
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

std::string row(std::string_view name, const bench::Histogram& histogram, std::string_view look) {
  std::string text = "<tr class=\"" + std::string(look) + "\"><td>" + markup(name) + "</td>";
  for (const Column& column : kColumns)
    text +=
        "<td>" +
        markup(cli::percentile_text(histogram.percentile(column.share), column.share, histogram.count())) +
        "</td>";
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

std::string stack(std::string_view name, const std::array<double, trace::kPieces>& means) {
  const double sum = std::accumulate(means.begin(), means.end(), 0.0);
  std::string text = "<p class=\"soft\">" + markup(name) + ": " + markup(duration_text(sum)) +
                     " on average</p>\n<div class=\"stack\">";
  for (std::size_t i = 0; i < means.size(); ++i) {
    text += cli::formatted("<i class=\"p%u\" style=\"flex: %.4f 1 0\" title=\"", static_cast<unsigned>(i),
                           sum > 0 ? means[i] / sum : 0);
    text += markup(std::string(trace::kPieceNames[i]) + ": " + duration_text(means[i])) + "\"></i>";
  }
  return text + "</div>\n";
}

std::string pieces(const Measurement& m) {
  if (!m.pieces || m.pieces->blocks.empty()) return {};
  std::string text =
      "<figure>\n<h2>Where the time goes</h2>\n<figcaption>The pieces of a block's latency, in their "
      "order.</figcaption>\n<div class=\"legend\">";
  for (std::size_t i = 0; i < trace::kPieces; ++i)
    text += cli::formatted("<span><i class=\"p%u\"></i>", static_cast<unsigned>(i)) +
            std::string(trace::kPieceNames[i]) + "</span>";
  text += "</div>\n" + stack("all blocks", mean_of_slowest(*m.pieces, 1)) +
          stack("the slowest hundredth", mean_of_slowest(*m.pieces, kSlow)) + "<table class=\"facts\">\n";
  for (std::size_t i = 0; i < trace::kPieces; ++i)
    text += "<tr><td>" + std::string(trace::kPieceNames[i]) + "</td><td>" + markup(kPieceMeanings[i]) +
            "</td></tr>\n";
  return text + "</table></figure>\n";
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
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         title + "</title>\n<style>" + kPageStyle + "</style>\n</head>\n<body>\n<main>\n<h1>" + title +
         "</h1>\n<p>" + markup(m.driver().series.name + " on " + m.settings.device) +
         "</p>\n<p class=\"soft\">" + markup("Measured " + meaning(m) + ".") + "</p>\n" + tiles(m) +
         figure(m, "Distribution", "Up: share of the blocks. Across: latency, logarithmic.",
                distribution_plot(m)) +
         figure(m, "By percentile",
                "Up: latency, logarithmic. Across: the share of the blocks that waited no longer, every nine "
                "as wide as the one before.",
                percentile_plot(m)) +
         figure(m, "Over the run",
                "Up: latency, logarithmic. Across: time; of blocks that share a pixel the longest.",
                time_plot(m)) +
         pieces(m) + percentiles(m) + facts(m) + "</main>\n</body>\n</html>\n";
}

}  // namespace refwave::latency
