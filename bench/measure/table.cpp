#include <algorithm>

#include "bench/measure/report.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

using cli::left;
using cli::right;

/// Returns: what was measured, a sentence a line.
std::vector<std::string> title(const Measurement& m) {
  const Settings& s = m.settings;
  std::string load =
      cli::formatted("%u stream%s of %u-frame blocks (%s)", s.streams, s.streams == 1 ? "" : "s",
                     s.block_frames, cli::duration_text(1e9 * s.block_frames / s.rate).c_str());
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

/// Returns: p50, p99 and the maximum of a cell each where there is no room for all, or the maximum alone.
bool is_shown(const Column& column, std::size_t columns) {
  return columns >= cli::kUsualColumns || column.share == 1 ||
         (columns >= cli::kFewestColumns && (column.share == 0.5 || column.share == 0.99));
}

using Cells = std::array<std::string, kColumns.size()>;

std::string line_of(const std::string& name, const Cells& cells, const std::string& count,
                    std::size_t columns) {
  const bool is_whole = columns >= cli::kUsualColumns;
  const std::size_t cell = is_whole ? 10 : 8;
  std::string line = left(name, is_whole ? 20 : columns >= cli::kFewestColumns ? 16 : 11);
  for (std::size_t i = 0; i < kColumns.size(); ++i)
    if (is_shown(kColumns[i], columns)) line += right(cells[i], cell);
  return line + (is_whole ? right(count, cell - 1) : "") + '\n';
}

}  // namespace

std::string heading(std::size_t columns) {
  Cells cells;
  std::ranges::transform(kColumns, cells.begin(), &Column::title);
  return line_of("", cells, "count", columns);
}

std::string row_of(const std::string& name, const Histogram& histogram, std::size_t columns) {
  Cells cells;
  std::ranges::transform(kColumns, cells.begin(),
                         [&](const Column& column) { return percentile_text(histogram, column); });
  return line_of(name, cells, std::to_string(histogram.count()), columns);
}

std::string percentiles(const Measurement& m, std::size_t columns) {
  std::string text = heading(columns);
  for (const Series& subject : m.subjects) {
    text += row_of(subject.name, subject.measured, columns);
    if (&subject != &m.driver() || !m.pieces) continue;
    for (std::size_t i = 0; i < trace::kPieces; ++i)
      text += row_of("  " + std::string(trace::kPieceNames[i]), m.pieces->each[i], columns);
    if (m.pieces->has_wakes()) text += row_of("  from wake", m.pieces->from_wake, columns);
  }
  const Ratio ratio = ratio_of(m);
  const std::uint64_t count = std::min(ratio.above.count(), ratio.below.count());
  Cells cells;
  std::ranges::transform(kColumns, cells.begin(), [&](const Column& column) {
    return cli::percentile_text(0, column.share, count) == "-" ? "-"
                                                               : cli::ratio_text(ratio.at(column.share));
  });
  return text + line_of(ratio.name, cells, "", columns);
}

std::string as_text(const Measurement& measurement, std::size_t columns) {
  std::string text;
  for (const std::string& line : title(measurement)) text += cli::wrapped(line, columns);
  text += '\n' + percentiles(measurement, columns);
  text += '\n';
  if (measurement.is_from_outside()) text += cli::wrapped("latency: " + meaning(measurement), columns);
  for (const std::string& line : remarks(measurement)) text += cli::wrapped(line, columns);
  return text;
}

}  // namespace refwave::measure
