#include "bench/latency/report/json.h"

#include <algorithm>

#include "driver/cli/console/text.h"

namespace refwave::latency {
namespace {

std::string quoted_key(std::string_view key) { return cli::json_string(key) + ": "; }

std::string member(std::string_view key, std::string_view value) {
  return quoted_key(key) + cli::json_string(value);
}
std::string member(std::string_view key, std::uint64_t value) {
  return quoted_key(key) + std::to_string(value);
}
std::string number(std::string_view key, double value) {
  return quoted_key(key) + cli::formatted("%.3f", value);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator = ", ") {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : separator).append(part);
  return text;
}

std::string object(const std::vector<std::string>& members) { return "{" + joined(members) + "}"; }

std::vector<std::string> figures(const bench::Histogram& histogram) {
  std::vector<std::string> members = {member("count", histogram.count()), member("min_ns", histogram.min()),
                                      number("mean_ns", histogram.mean())};
  for (const Column& column : kColumns)
    members.push_back(member(column.key, histogram.percentile(column.share)));
  return members;
}

std::string steps(const bench::Histogram& histogram) {
  std::vector<std::string> rows;
  for (const bench::Histogram::Step& step : histogram.steps()) {
    rows.push_back("[" + std::to_string(step.from) + ", " + std::to_string(step.to) + ", " +
                   std::to_string(step.count) + "]");
  }
  return quoted_key("histogram") + "[" + joined(rows) + "]";
}

std::string samples(const Series& series) {
  std::vector<std::string> rows;
  for (const Sample& sample : series.samples) {
    rows.push_back("[" + std::to_string(sample.at_ns) + ", " + std::to_string(sample.ns) + ", " +
                   std::to_string(sample.stream) + "]");
  }
  return quoted_key("samples") + "[" + joined(rows) + "]";
}

std::string outside(const Outside& seen) {
  return quoted_key("outside") + object({number("real_time_percent", seen.real_time_percent),
                                         member("bursts", seen.bursts), member("ran_dry", seen.ran_dry)});
}

std::string subject(const Subject& subject) {
  const bench::Histogram corrected = subject.series.corrected();
  std::vector<std::string> members = {member("name", subject.series.name)};
  std::ranges::copy(figures(corrected), std::back_inserter(members));
  members.push_back(member("omitted", subject.series.omitted.count()));
  members.push_back(quoted_key("uncorrected") + object(figures(subject.series.measured)));
  if (subject.outside) members.push_back(outside(*subject.outside));
  members.push_back("\n     " + steps(corrected));
  members.push_back("\n     " + samples(subject.series));
  members.push_back(member("samples_left_out", subject.series.samples_left_out));
  return "    " + object(members);
}

std::string subjects(const std::vector<Subject>& all) {
  std::vector<std::string> rows;
  rows.reserve(all.size());
  for (const Subject& each : all) rows.push_back(subject(each));
  return quoted_key("measured") + "[\n" + joined(rows, ",\n") + "\n  ]";
}

std::string pieces(const Pieces& all) {
  std::vector<std::string> rows;
  const auto slow = mean_of_slowest(all, kSlow);
  for (std::size_t i = 0; i < trace::kPieces; ++i) {
    std::vector<std::string> members = {member("name", trace::kPieceNames[i]),
                                        member("meaning", kPieceMeanings[i])};
    std::ranges::copy(figures(all.each[i]), std::back_inserter(members));
    members.push_back(number("mean_of_slowest_hundredth_ns", slow[i]));
    rows.push_back("    " + object(members));
  }
  std::vector<std::string> from_wake = figures(all.from_wake);
  if (all.has_wakes()) from_wake.push_back(steps(all.from_wake));
  return quoted_key("pieces") + "[\n" + joined(rows, ",\n") + "\n  ],\n  " + quoted_key("from_wake") +
         object(from_wake);
}

std::string settings(const Settings& s) {
  return quoted_key("settings") +
         object({member("device", s.device), member("streams", s.streams), member("buffers", s.buffers),
                 member("block_frames", s.block_frames), member("period_frames", s.period_frames),
                 member("rate", s.rate), member("device_rate", s.device_rate),
                 member("device_period_frames", s.device_period_frames),
                 member("device_buffer_frames", s.device_buffer_frames), member("completion", s.completion),
                 member("wake", s.wake), member("done", s.done)});
}

std::string counters(const Counters& c) {
  return quoted_key("counters") +
         object({member("blocks", c.blocks), member("wakes", c.wakes), member("underruns", c.underruns),
                 member("periods", c.periods), member("late_periods", c.late_periods),
                 member("xruns", c.xruns), member("reanchors", c.reanchors),
                 member("device_losses", c.device_losses)});
}

std::string machine(const Machine& m) {
  return quoted_key("machine") +
         object({member("system", m.system), member("processor", m.processor), member("cores", m.cores)});
}

}  // namespace

std::string as_json(const Measurement& m) {
  std::vector<std::string> members = {
      member("schema", 1),
      member("version", m.version),
      member("began", m.began),
      number("seconds", m.seconds),
      quoted_key("interrupted") + (m.is_interrupted ? "true" : "false"),
      member("measure", m.is_from_outside() ? "outside" : "finished to callback"),
      machine(m.machine),
      number("others_percent", m.others_percent),
      settings(m.settings),
      subjects(m.subjects)};
  if (m.pieces) members.push_back(pieces(*m.pieces));
  if (!m.is_from_outside()) members.push_back(member("lost_events", m.lost_events));
  if (m.counters) members.push_back(counters(*m.counters));
  return "{\n  " + joined(members, ",\n  ") + "\n}\n";
}

}  // namespace refwave::latency
