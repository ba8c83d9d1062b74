#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/latency/report/axis.h"
#include "bench/latency/report/report.h"
#include "inf/cli/console/text.h"

namespace refwave::latency {
namespace {

using cli::left;
using cli::plain;
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

constexpr std::size_t kLabel = 8;
constexpr std::size_t kMostRows = 16;

/// The spans: a power of two, or an equal part of one, each.
struct Rows {
  int per_octave = 1;
  int first = 0;
  std::size_t count = 0;

  int row_of(std::uint64_t ns) const {
    return static_cast<int>(
        std::floor(std::log2(static_cast<double>(std::max(ns, kShortestShown))) * per_octave));
  }
  double start_of(std::size_t row) const {
    return std::exp2(static_cast<double>(first + static_cast<int>(row)) / per_octave);
  }
};

/// The finest spans that do not make too many lines.
Rows rows_for(std::uint64_t least, std::uint64_t most) {
  Rows rows;
  for (const int per_octave : {8, 4, 2, 1}) {
    rows.per_octave = per_octave;
    rows.first = rows.row_of(least);
    rows.count = static_cast<std::size_t>(rows.row_of(most) - rows.first) + 1;
    if (rows.count <= kMostRows) break;
  }
  return rows;
}

std::vector<std::uint64_t> counts_in(const Rows& rows, const bench::Histogram& histogram) {
  std::vector<std::uint64_t> counts(rows.count);
  for (const bench::Histogram::Step& step : histogram.steps()) {
    const int row = rows.row_of(std::clamp(step.from, histogram.min(), histogram.max())) - rows.first;
    counts[static_cast<std::size_t>(std::max(row, 0))] += step.count;
  }
  return counts;
}

/// Returns: `width` letters: a bar of that part of them, in eighths of a letter, and blanks.
std::string bar(double part, std::size_t width, bool has_unicode) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::size_t steps = has_unicode ? 8 : 1;
  const auto length = static_cast<std::size_t>(std::lround(part * static_cast<double>(width * steps)));
  const std::size_t eighths = part > 0 ? std::max<std::size_t>(length, 1) : 0;
  std::string text;
  for (std::size_t i = 0; i < eighths / steps; ++i) text += has_unicode ? "█" : "#";
  text += kEighths[eighths % steps];
  return text + std::string(width - (eighths + steps - 1) / steps, ' ');
}

std::size_t digits_of(std::uint64_t count) { return std::to_string(count).size(); }

/// One histogram's part of the lines.
struct BarColumn {
  std::vector<std::uint64_t> counts;
  std::uint64_t most;
  std::size_t bar_width;
  std::size_t count_width;
};

std::vector<BarColumn> columns_for(std::span<const Bars> histograms, const Rows& rows, std::size_t columns) {
  std::vector<BarColumn> result;
  const std::size_t each = (columns - kLabel) / histograms.size();
  for (const Bars& bars : histograms) {
    BarColumn column{counts_in(rows, *bars.histogram), 0, 0, 0};
    column.most = std::max<std::uint64_t>(std::ranges::max(column.counts), 1);
    column.count_width = digits_of(column.most);
    const std::size_t taken = column.count_width + 3;
    column.bar_width = each > taken + 4 ? each - taken : 4;
    result.push_back(std::move(column));
  }
  return result;
}

}  // namespace

std::string terminal_heading(std::size_t columns) {
  const Layout& layout = layout_for(columns);
  std::string line = left("", layout.name);
  for (const Column& column : kColumns)
    if (layout.shows(column)) line += right(column.title, layout.cell);
  return line + (layout.is_whole ? right("count", layout.cell - 1) : "") + '\n';
}

std::string terminal_row(const std::string& name, const bench::Histogram& histogram, std::size_t columns) {
  const Layout& layout = layout_for(columns);
  const std::uint64_t count = histogram.count();
  std::string line = left(name, layout.name);
  for (const Column& column : kColumns) {
    const std::string text = cli::percentile_text(histogram.percentile(column.share), column.share, count);
    if (layout.shows(column)) line += right(text, layout.cell);
  }
  return line + (layout.is_whole ? right(std::to_string(count), layout.cell - 1) : "") + '\n';
}

std::string as_text(const Measurement& measurement, const TerminalStyle& style) {
  std::string text;
  for (const std::string& line : title(measurement)) text += wrapped(line, style.columns);
  text += '\n' + terminal_heading(style.columns) + rows(measurement, style.columns) + '\n';
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
  return style.has_unicode ? text : plain(text);
}

std::string bar_chart(std::span<const Bars> histograms, const TerminalStyle& style) {
  std::uint64_t least = ~std::uint64_t{0};
  std::uint64_t most = 0;
  for (const Bars& bars : histograms) {
    if (bars.histogram->count() == 0) continue;
    least = std::min(least, bars.histogram->min());
    most = std::max(most, bars.histogram->max());
  }
  if (most < least) return {};
  const Rows rows = rows_for(least, most);
  const std::vector<BarColumn> columns = columns_for(histograms, rows, style.columns);
  const std::string wall = style.has_unicode ? " │" : " |";

  std::string text(kLabel + 2, ' ');
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::size_t width = columns[i].bar_width + columns[i].count_width + 3;
    std::string title(histograms[i].title.substr(0, width - 1));
    if (i + 1 < columns.size()) title.resize(width, ' ');
    text += title;
  }
  text += '\n';
  for (std::size_t row = 0; row < rows.count; ++row) {
    const double start = rows.start_of(row);
    text += right(duration_text(start <= kShortestShown ? 0 : start), kLabel);
    for (const BarColumn& column : columns) {
      const std::uint64_t count = column.counts[row];
      const double part = static_cast<double>(count) / static_cast<double>(column.most);
      text += wall + bar(part, column.bar_width, style.has_unicode);
      text += ' ' + right(count == 0 ? "" : std::to_string(count), column.count_width);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return style.has_unicode ? text : plain(text);
}

}  // namespace refwave::latency
