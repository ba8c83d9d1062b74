#include <algorithm>

#include "bench/latency/report/axis.h"
#include "bench/latency/report/report.h"
#include "driver/cli/console/letters.h"
#include "driver/cli/console/text.h"

namespace refwave::latency {
namespace {

using cli::left;
using cli::right;
using cli::wrapped;

/// The table for a terminal of 80 columns, and for one that has fewer.
struct Layout {
  std::size_t name, cell;
  bool is_whole;  // else the median, p99 and the maximum alone

  bool shows(const Column& column) const {
    return is_whole || column.share == 0.5 || column.share == 0.99 || column.share == 1;
  }
};
constexpr Layout kWide{20, 10, true};
constexpr Layout kNarrow{16, 8, false};

std::string heading(const Layout& layout) {
  std::string line = left("", layout.name);
  for (const Column& column : kColumns)
    if (layout.shows(column)) line += right(column.title, layout.cell);
  return line + (layout.is_whole ? right("count", layout.cell - 1) : "") + '\n';
}

std::string row(const Layout& layout, const std::string& name, const bench::Histogram& histogram) {
  const std::uint64_t count = histogram.count();
  std::string line = left(name, layout.name);
  for (const Column& column : kColumns) {
    const std::string text = cli::percentile_text(histogram.percentile(column.share), column.share, count);
    if (layout.shows(column)) line += right(text, layout.cell);
  }
  return line + (layout.is_whole ? right(std::to_string(count), layout.cell - 1) : "") + '\n';
}

std::string ratio_row(const Layout& layout, const Ratio& ratio) {
  std::string line = left(ratio.name, layout.name);
  for (const Column& column : kColumns)
    if (layout.shows(column)) line += right(ratio_text(ratio, column), layout.cell);
  return line + '\n';
}

/// Returns: what was measured, a sentence a line.
std::vector<std::string> title(const Measurement& m) {
  const Settings& s = m.settings;
  std::string load =
      cli::formatted("%u stream%s of %u-frame blocks (%s), ", s.streams, s.streams == 1 ? "" : "s",
                     s.block_frames, duration_text(1e9 * s.block_frames / s.rate).c_str());
  if (s.period_frames != 0)
    load += cli::formatted("periods of %u frames at %u Hz, ", s.period_frames, s.device_rate);
  if (s.device_period_frames != 0)
    load += cli::formatted("the device's own of %u in a buffer of %u, ", s.device_period_frames,
                           s.device_buffer_frames);
  load += (m.is_from_outside() ? "refwave " : "") + s.completion + ", " + s.wake + ", " + s.done;
  return {(m.is_from_outside() ? "blocks reported late by " : "buffer done on ") + cli::visible(s.device),
          load + cli::formatted("; %.1f s%s", m.seconds, m.is_interrupted ? ", interrupted" : "")};
}

std::string rows(const Layout& layout, const Measurement& m) {
  std::string text;
  for (const Subject& subject : m.subjects) {
    text += row(layout, subject.series.name, subject.series.corrected());
    if (&subject != &m.driver() || !m.pieces) continue;
    for (std::size_t i = 0; i < trace::kPieces; ++i)
      text += row(layout, "  " + std::string(trace::kPieceNames[i]), m.pieces->each[i]);
    if (m.pieces->has_wakes()) text += row(layout, "  from wake", m.pieces->from_wake);
  }
  return text + ratio_row(layout, ratio_of(m));
}

}  // namespace

std::string as_text(const Measurement& measurement, const TerminalStyle& style) {
  std::string text;
  for (const std::string& line : title(measurement)) text += wrapped(line, style.columns);
  const Layout& layout = style.columns < 80 ? kNarrow : kWide;
  text += '\n' + heading(layout) + rows(layout, measurement) + '\n';
  if (measurement.is_from_outside()) text += wrapped("latency: " + meaning(measurement), style.columns);
  for (const std::string& line : remarks(measurement)) text += wrapped(line, style.columns);
  std::vector<bench::Histogram> corrected;
  std::vector<Bars> bars;
  corrected.reserve(measurement.subjects.size());
  for (const Subject& subject : measurement.subjects) {
    corrected.push_back(subject.series.corrected());
    bars.push_back({subject.series.name, &corrected.back()});
  }
  text += '\n' + bar_chart(bars, style);
  return style.has_unicode ? text : cli::plain(text);
}

}  // namespace refwave::latency
