#include <vector>

#include "bench/measure/axis.h"
#include "bench/measure/report.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

using cli::left;
using cli::right;
using cli::wrapped;

/// The table for a terminal of 80 columns, and for those that have fewer.
struct Layout {
  std::size_t name, cell;
  bool is_whole;  // else the median, p99 and the maximum alone
  bool is_tiny;   // else the maximum alone

  bool shows(const Column& column) const {
    return is_whole || column.share == 1 || (!is_tiny && (column.share == 0.5 || column.share == 0.99));
  }
};
constexpr Layout kWide{20, 10, true, false};
constexpr Layout kNarrow{16, 8, false, false};
constexpr Layout kTiny{11, 8, false, true};

const Layout& layout_for(std::size_t columns) {
  return columns < cli::kFewestColumns ? kTiny : columns < cli::kUsualColumns ? kNarrow : kWide;
}

std::string ratio_row(const Ratio& ratio, std::size_t columns) {
  const Layout& layout = layout_for(columns);
  std::string line = left(ratio.name, layout.name);
  for (const Column& column : kColumns)
    if (layout.shows(column)) line += right(ratio_text(ratio, column), layout.cell);
  return line + '\n';
}

/// Returns: what was measured, a sentence a line.
std::vector<std::string> title(const Measurement& m) {
  const Settings& s = m.settings;
  std::string load =
      cli::formatted("%u stream%s of %u-frame blocks (%s)", s.streams, s.streams == 1 ? "" : "s",
                     s.block_frames, duration_text(1e9 * s.block_frames / s.rate).c_str());
  if (s.period_frames != 0)
    load += cli::formatted(", periods of %u frames at %u Hz", s.period_frames, s.device_rate);
  if (s.device_period_frames != 0)
    load += cli::formatted(", the device's own of %u in a buffer of %u", s.device_period_frames,
                           s.device_buffer_frames);
  if (!s.completion.empty())
    load += (m.is_from_outside() ? ", refwave " : ", ") + s.completion + ", " + s.wake + ", " + s.done;
  return {(m.is_from_outside() ? "blocks reported late by " : "buffer done on ") + cli::visible(s.device),
          load + cli::formatted("; %.1f s%s", m.seconds, m.is_interrupted ? ", interrupted" : "")};
}

std::string rows(const Measurement& m, std::size_t columns) {
  std::string text;
  for (const Subject& subject : m.subjects) {
    text += terminal_row(subject.series.name, subject.series.corrected(), columns);
    if (&subject != &m.driver() || !m.pieces) continue;
    for (std::size_t i = 0; i < trace::kPieces; ++i)
      text += terminal_row("  " + std::string(trace::kPieceNames[i]), m.pieces->each[i], columns);
    if (m.pieces->has_wakes()) text += terminal_row("  from wake", m.pieces->from_wake, columns);
  }
  return text + ratio_row(ratio_of(m), columns);
}

}  // namespace

std::string terminal_heading(std::size_t columns) {
  const Layout& layout = layout_for(columns);
  std::string line = left("", layout.name);
  for (const Column& column : kColumns)
    if (layout.shows(column)) line += right(column.title, layout.cell);
  return line + (layout.is_whole ? right("count", layout.cell - 1) : "") + '\n';
}

std::string terminal_row(const std::string& name, const Histogram& histogram, std::size_t columns) {
  const Layout& layout = layout_for(columns);
  std::string line = left(name, layout.name);
  for (const Column& column : kColumns)
    if (layout.shows(column)) line += right(percentile_text(histogram, column), layout.cell);
  return line + (layout.is_whole ? right(std::to_string(histogram.count()), layout.cell - 1) : "") + '\n';
}

std::string as_text(const Measurement& measurement, std::size_t columns) {
  std::string text;
  for (const std::string& line : title(measurement)) text += wrapped(line, columns);
  text += '\n' + terminal_heading(columns) + rows(measurement, columns) + '\n';
  if (measurement.is_from_outside()) text += wrapped("latency: " + meaning(measurement), columns);
  for (const std::string& line : remarks(measurement)) text += wrapped(line, columns);
  return text;
}

}  // namespace refwave::measure
