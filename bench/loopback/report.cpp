#include "bench/loopback/report.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "driver/cli/console/letters.h"
#include "driver/cli/console/text.h"

namespace refwave::loopback {
namespace {

using cli::formatted;
using cli::left;
using cli::right;

constexpr std::size_t kName = 28;
constexpr std::size_t kCell = 11;
constexpr std::size_t kNarrowCell = 10;  // four of them fit 40 columns
constexpr std::size_t kMostColumns = 80;

unsigned long long number(std::uint64_t count) { return count; }

/// Returns: to three decimals, and never -0.
double rounded(double value) { return std::round(1e3 * value) / 1e3 + 0.0; }

/// Returns: the four figures, each in a cell of so many columns.
std::string cells(const Figures& figures, double factor, std::size_t cell) {
  std::string line;
  for (const double value : {figures.min, figures.p50, figures.p99, figures.max})
    line += right(formatted("%.3f", rounded(factor * value)), cell);
  return line;
}

std::string titles(std::size_t cell) {
  std::string line;
  for (const char* title : {"min", "p50", "p99", "max"}) line += right(title, cell);
  return line;
}

std::string row(const std::string& name, const Figures& figures, double factor, bool counted) {
  return left(name, kName) + cells(figures, factor, kCell) +
         (counted ? right(std::to_string(figures.count), kMostColumns - kName - 4 * kCell) : "") + '\n';
}

/// Returns: the text in lines of no more than `columns` letters, broken at blanks.
std::string wrapped(const std::string& text, std::size_t columns) {
  std::string result;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    const bool fits = used > 0 && used + 1 + cli::letters_of(word) <= columns;
    if (used > 0) result += fits ? " " : "\n";
    used = (fits ? used + 1 : 0) + cli::letters_of(word);
    result += word;
    at = end + 1;
  }
  return result + '\n';
}

/// Returns: to a tenth, and never -0.
double level_db(double gain) { return std::round(200 * std::log10(std::abs(gain))) / 10 + 0.0; }

/// Returns: the table for a terminal on which the name of a row has no room beside its figures.
std::string narrow_table(const Measurement& m) {
  const auto rows = [](const std::string& name, const Figures& figures, double factor) {
    return name + "\n" + cells(figures, factor, kNarrowCell) + '\n';
  };
  const auto counted = [](const std::string& name, const Figures& figures) {
    return name + ", count " + std::to_string(figures.count);
  };
  const Figures& way = m.result.round_trip_frames;
  const Figures& heard = m.result.written_to_recorded_ms;
  return titles(kNarrowCell) + '\n' + rows(counted("driver and device, frames", way), way, 1) +
         rows("driver and device, ms", way, 1e3 / m.rate) +
         rows(counted("written to recorded, ms", heard), heard, 1);
}

std::string table(const Measurement& m, std::size_t columns) {
  if (columns < kMostColumns) return narrow_table(m);
  std::string text = left("", kName) + titles(kCell);
  text += right("count", kMostColumns - kName - 4 * kCell) + '\n';
  text += row("driver and device, frames", m.result.round_trip_frames, 1, true);
  text += row("                   ms", m.result.round_trip_frames, 1e3 / m.rate, false);
  return text + row("written to recorded, ms", m.result.written_to_recorded_ms, 1, true);
}

std::vector<std::string> remarks(const Measurement& m) {
  const Result& r = m.result;
  const Figures& way = r.round_trip_frames;
  std::vector<std::string> all = {
      formatted("spread %.3f frames; drift %.2f ppm%s", rounded(way.max - way.min),
                std::abs(rounded(r.drift_ppm)),
                std::abs(r.drift_ppm) < 0.005 ? ""
                : r.drift_ppm < 0             ? " (the recording clock is slower than the playing one)"
                                              : " (the recording clock is faster than the playing one)"),
      formatted("lost %llu frames, doubled or inserted %llu, in %u places; %llu of %llu frames came back bit "
                "for bit",
                number(r.lost_frames), number(r.doubled_frames), r.places, number(r.equal_frames),
                number(r.compared_frames)),
      formatted("level %.1f dB%s", level_db(r.gain), r.gain < 0 ? ", upside down" : ""),
      r.in_step ? "driver and device: from a frame's leaving a client's block to its arrival in one, "
                  "counted in frames, because both streams report their blocks together"
                : "driver and device: from a frame's leaving a client's block to its arrival in one, "
                  "by the times at which blocks were reported, to about 0.1 ms",
      "written to recorded: from waveOutWrite to the report of the block in which it came back"};
  if (m.counters && (m.counters->underruns != 0 || m.counters->xruns != 0))
    all.push_back(formatted("the driver counted %llu underruns, the device %llu",
                            number(m.counters->underruns), number(m.counters->xruns)));
  return all;
}

// --- JSON ---

std::string member(std::string_view key, const std::string& value) {
  return cli::json_string(key) + ": " + value;
}
std::string text_member(std::string_view key, std::string_view value) {
  return member(key, cli::json_string(value));
}
std::string count_member(std::string_view key, std::uint64_t value) {
  return member(key, std::to_string(value));
}
std::string bool_member(std::string_view key, bool value) { return member(key, value ? "true" : "false"); }
std::string number_member(std::string_view key, double value) {
  return member(key, formatted("%.4f", value));
}

std::string joined(const std::vector<std::string>& members, std::string_view separator) {
  std::string text;
  for (const std::string& each : members) text.append(text.empty() ? "" : separator).append(each);
  return text;
}
std::string object(const std::vector<std::string>& members) { return "{" + joined(members, ", ") + "}"; }

std::string figures_member(std::string_view key, const Figures& figures, double factor) {
  return member(
      key, object({number_member("min", factor * figures.min), number_member("p50", factor * figures.p50),
                   number_member("p99", factor * figures.p99), number_member("max", factor * figures.max),
                   count_member("count", figures.count)}));
}

std::string settings(const Measurement& m) {
  return member("settings",
                object({text_member("device", m.device), text_member("capture_device", m.capture_device),
                        count_member("rate", m.rate), count_member("channels", m.channels),
                        count_member("buffers", m.buffers), count_member("block_frames", m.block_frames),
                        count_member("period_frames", m.period_frames)}));
}

}  // namespace

std::string as_text(const Measurement& m, std::size_t columns) {
  const std::size_t width = std::min(columns, kMostColumns);
  std::string text =
      wrapped("loopback of " + cli::visible(m.device) + " into " + cli::visible(m.capture_device), width) +
      wrapped(formatted("%u Hz, %u channel%s, %u blocks of %u frames (%.1f ms); %.1f s%s", m.rate, m.channels,
                        m.channels == 1 ? "" : "s", m.buffers, m.block_frames, 1e3 * m.block_frames / m.rate,
                        m.seconds, m.is_interrupted ? ", interrupted" : ""),
              width) +
      '\n' + table(m, width) + '\n';
  for (const std::string& line : remarks(m)) text += wrapped(line, width);
  return text;
}

std::string as_json(const Measurement& m) {
  const Result& r = m.result;
  const Figures& way = r.round_trip_frames;
  std::vector<std::string> members = {count_member("schema", 1),
                                      text_member("version", m.version),
                                      text_member("began", m.began),
                                      number_member("seconds", m.seconds),
                                      bool_member("interrupted", m.is_interrupted),
                                      member("machine", object({text_member("system", m.machine.system),
                                                                text_member("processor", m.machine.processor),
                                                                count_member("cores", m.machine.cores)})),
                                      settings(m),
                                      figures_member("round_trip_frames", way, 1),
                                      figures_member("round_trip_ms", way, 1e3 / m.rate),
                                      number_member("spread_frames", way.max - way.min),
                                      bool_member("in_step", r.in_step),
                                      figures_member("written_to_recorded_ms", r.written_to_recorded_ms, 1),
                                      number_member("drift_ppm", r.drift_ppm),
                                      count_member("lost_frames", r.lost_frames),
                                      count_member("doubled_frames", r.doubled_frames),
                                      count_member("places", r.places),
                                      count_member("compared_frames", r.compared_frames),
                                      count_member("equal_frames", r.equal_frames),
                                      number_member("level_db", level_db(r.gain)),
                                      bool_member("upside_down", r.gain < 0)};
  if (m.counters)
    members.push_back(member("counters", object({count_member("underruns", m.counters->underruns),
                                                 count_member("xruns", m.counters->xruns),
                                                 count_member("device_losses", m.counters->device_losses)})));
  return "{\n  " + joined(members, ",\n  ") + "\n}\n";
}

}  // namespace refwave::loopback
