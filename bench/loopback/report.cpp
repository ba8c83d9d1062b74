#include "bench/loopback/report.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "bench/measure/report.h"
#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"

namespace refwave::loopback {
namespace {

using cli::formatted;
using cli::Json;
using cli::left;
using cli::right;
using cli::wrapped;

constexpr std::size_t kName = 28;
constexpr std::size_t kCell = 11;
constexpr std::size_t kNarrowCell = 10;  // four of them fit 40 columns
constexpr std::size_t kMostColumns = 80;

unsigned long long number(std::uint64_t count) { return count; }

/// Returns: a row of the table. In a terminal that is too narrow for its name and its figures on one line the
/// name has a line of its own. `count`: empty to leave it out.
std::string row(const std::string& name, std::span<const std::string> cells, const std::string& count,
                std::size_t columns) {
  const bool is_wide = columns >= kMostColumns;
  std::string line = is_wide ? left(name, kName) : name.empty() ? "" : name + '\n';
  for (const std::string& cell : cells) line += right(cell, is_wide ? kCell : kNarrowCell);
  return line + (is_wide ? right(count, kMostColumns - kName - 4 * kCell) : "") + '\n';
}

std::string row(const std::string& name, const Figures& figures, double factor, std::size_t columns) {
  std::vector<std::string> cells;
  for (const double value : {figures.min, figures.p50, figures.p99, figures.max})
    cells.push_back(figures.count == 0 ? "-" : formatted("%.3f", cli::rounded(factor * value, 3)));
  return row(name, cells, std::to_string(figures.count), columns);
}

double level_db(double gain) { return cli::rounded(20 * std::log10(std::abs(gain)), 1); }

std::string table(const Measurement& m, std::size_t columns) {
  const std::string titles[] = {"min", "p50", "p99", "max"};
  const Figures& way = m.result.round_trip_frames;
  return row("", titles, "count", columns) + row("driver and device, frames", way, 1, columns) +
         row("driver and device, ms", way, 1e3 / m.rate, columns) +
         row("written to recorded, ms", m.result.written_to_recorded_ms, 1, columns);
}

std::vector<std::string> remarks(const Measurement& m) {
  const Result& r = m.result;
  const Figures& way = r.round_trip_frames;
  std::vector<std::string> all = {
      formatted("spread %.3f frames; drift %.2f ppm%s", cli::rounded(way.max - way.min, 3),
                std::abs(cli::rounded(r.drift_ppm, 3)),
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
  if (r.spoilt_pieces != 0)
    all.push_back(formatted("%llu pieces are in no figure, because a stream stalled meanwhile",
                            number(r.spoilt_pieces)));
  if (m.output && m.input && m.output->ullUnderruns + m.input->ullUnderruns + m.xruns() != 0)
    all.push_back(
        formatted("this command was late: playing, %llu underruns; recording, %llu frames that had no block. "
                  "The device reported %llu xruns",
                  m.output->ullUnderruns, m.input->ullUnderruns, number(m.xruns())));
  return all;
}

Json json_of(const Figures& figures, double factor) {
  const auto figure = [&](double value) {
    return figures.count == 0 ? Json() : Json(cli::rounded(factor * value, 4));
  };
  return {{"min", figure(figures.min)},
          {"p50", figure(figures.p50)},
          {"p99", figure(figures.p99)},
          {"max", figure(figures.max)},
          {"count", figures.count}};
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
  Json report = measure::json_of(m);
  report.update({{"settings",
                  {{"device", m.device},
                   {"capture_device", m.capture_device},
                   {"rate", m.rate},
                   {"channels", m.channels},
                   {"buffers", m.buffers},
                   {"block_frames", m.block_frames},
                   {"period_frames", m.period_frames}}},
                 {"round_trip_frames", json_of(way, 1)},
                 {"round_trip_ms", json_of(way, 1e3 / m.rate)},
                 {"spread_frames", cli::rounded(way.max - way.min, 4)},
                 {"in_step", r.in_step},
                 {"written_to_recorded_ms", json_of(r.written_to_recorded_ms, 1)},
                 {"drift_ppm", cli::rounded(r.drift_ppm, 4)},
                 {"lost_frames", r.lost_frames},
                 {"doubled_frames", r.doubled_frames},
                 {"places", r.places},
                 {"spoilt_pieces", r.spoilt_pieces},
                 {"compared_frames", r.compared_frames},
                 {"equal_frames", r.equal_frames},
                 {"level_db", level_db(r.gain)},
                 {"upside_down", r.gain < 0}});
  if (m.output && m.input)
    report["counters"] = {{"underruns", m.output->ullUnderruns},
                          {"dropped_frames", m.input->ullUnderruns},
                          {"xruns", m.xruns()},
                          {"device_losses", m.losses()}};
  return cli::json_lines(report);
}

}  // namespace refwave::loopback
