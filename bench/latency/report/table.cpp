#include <algorithm>

#include "bench/latency/report/axis.h"
#include "bench/latency/report/letters.h"
#include "bench/latency/report/terminal.h"
#include "driver/cli/console/text.h"

namespace refwave::latency {
namespace {

constexpr std::size_t kName = 20;
constexpr std::size_t kCell = 10;

std::string heading() {
  std::string line = left("", kName);
  for (const Column& column : kColumns) line += right(column.title, kCell);
  return line + right("count", kCell - 1) + '\n';
}

std::string row(const std::string& name, const bench::Histogram& histogram) {
  std::string line = left(name, kName);
  for (const Column& column : kColumns)
    line += right(duration_text(static_cast<double>(histogram.percentile(column.share))), kCell);
  return line + right(std::to_string(histogram.count()), kCell - 1) + '\n';
}

std::string ratio_row(const Ratio& ratio) {
  std::string line = left(ratio.name, kName);
  for (const Column& column : kColumns) line += right(cli::formatted("%.2f", ratio.at(column.share)), kCell);
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
  load += (m.is_from_outside() ? "refwave " : "") + s.completion + ", " + s.wake + ", " + s.done;
  return {(m.is_from_outside() ? "blocks reported late by " : "buffer done on ") + s.device,
          load + cli::formatted("; %.1f s%s", m.seconds, m.is_interrupted ? ", interrupted" : "")};
}

std::string rows(const Measurement& m) {
  std::string text;
  for (const Subject& subject : m.subjects) {
    text += row(subject.series.name, subject.series.corrected());
    if (&subject != &m.driver() || !m.pieces) continue;
    for (std::size_t i = 0; i < trace::kPieces; ++i)
      text += row("  " + std::string(trace::kPieceNames[i]), m.pieces->each[i]);
    if (m.pieces->has_wakes()) text += row("  from wake", m.pieces->from_wake);
  }
  return text + ratio_row(ratio_of(m));
}

/// Returns: the text in lines of no more than `columns` letters, broken at blanks.
std::string wrapped(const std::string& text, std::size_t columns) {
  std::string result;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    const bool fits = used + 1 + letters_of(word) <= columns;
    if (used > 0) result += fits ? " " : "\n";
    used = (used > 0 && fits ? used + 1 : 0) + letters_of(word);
    result += word;
    at = end + 1;
  }
  return result + '\n';
}

}  // namespace

std::string as_text(const Measurement& measurement, const TerminalStyle& style) {
  std::string text;
  for (const std::string& line : title(measurement)) text += wrapped(line, style.columns);
  text += '\n' + heading() + rows(measurement) + '\n';
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

}  // namespace refwave::latency
