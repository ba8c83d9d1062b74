#include <filesystem>

#include "bench/measure/report.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::measure {

cli::Json figures(const Histogram& histogram) {
  cli::Json all = {{"count", histogram.count()},
                   {"min_ns", histogram.min()},
                   {"mean_ns", cli::rounded(histogram.mean(), 3)}};
  for (const Column& column : kColumns) all[column.key] = histogram.percentile(column.share);
  return all;
}

namespace {

using cli::Json;

Json steps(const Histogram& histogram) {
  Json rows = Json::array();
  for (const Histogram::Step& step : histogram.steps())
    rows.push_back(Json::array({step.from, step.to, step.count}));
  return rows;
}

Json samples(const Series& series) {
  Json rows = Json::array();
  for (const Sample& sample : series.samples)
    rows.push_back(Json::array({sample.at_ns, sample.ns, sample.stream}));
  return rows;
}

Json json_of(const Series& subject) {
  Json all = {{"name", subject.name}};
  all.update(figures(subject.measured));
  if (const auto& seen = subject.outside) {
    all["outside"] = {{"real_time_percent", cli::rounded(seen->real_time_percent, 3)},
                      {"bursts", seen->bursts},
                      {"ran_dry", seen->ran_dry}};
  }
  all["histogram"] = steps(subject.measured);
  all["samples"] = samples(subject);
  all["samples_left_out"] = subject.samples_left_out;
  return all;
}

void add_pieces(const Pieces& all, Json& report) {
  for (std::size_t i = 0; i < trace::kPieces; ++i) {
    Json piece = {{"name", trace::kPieceNames[i]}};
    piece.update(figures(all.each[i]));
    report["pieces"].push_back(std::move(piece));
  }
  report["from_wake"] = figures(all.from_wake);
  if (all.has_wakes()) report["from_wake"]["histogram"] = steps(all.from_wake);
}

Json json_of(const Settings& settings) {
  Json all;
  for (const Setting& setting : kSettings)
    std::visit([&](auto member) { all[setting.key] = settings.*member; }, setting.member);
  return all;
}

Json json_of(const REFWAVE_STATISTICS& statistics) {
  Json all;
  for (const auto& [key, count] : cli::kCounters) all[key] = statistics.*count;
  return all;
}

}  // namespace

Json json_of(const Run& run) {
  return {
      {"schema", 1},
      {"version", run.version},
      {"began", run.began},
      {"seconds", cli::rounded(run.seconds, 3)},
      {"interrupted", run.is_interrupted},
      {"machine",
       {{"system", run.machine.system}, {"processor", run.machine.processor}, {"cores", run.machine.cores}}}};
}

Json report_of(const Measurement& m) {
  const char* const inside = m.conclusion.empty() ? "finished to callback" : "finished to callback, watched";
  Json report = json_of(static_cast<const Run&>(m));
  report.update({{"measure", m.is_from_outside() ? "outside" : inside},
                 {"others_percent", cli::rounded(m.others_percent, 3)},
                 {"settings", json_of(m.settings)},
                 {"measured", Json::array()}});
  for (const Series& subject : m.subjects) report["measured"].push_back(json_of(subject));
  if (m.pieces) add_pieces(*m.pieces, report);
  if (!m.is_from_outside()) report["lost_events"] = m.lost_events;
  if (m.counters) report["counters"] = json_of(*m.counters);
  return report;
}

void check_files_differ(const std::string& json, const std::string& html) {
  const auto canonical = [](const std::string& name) {
    std::error_code error;
    return name == "-" ? std::filesystem::path(name)
                       : std::filesystem::weakly_canonical(cli::to_path(name), error);
  };
  if (!html.empty() && !json.empty() && canonical(json) == canonical(html))
    throw cli::Failure(json + ": --json and --html name the same file; name two", cli::kUsage);
}

std::string as_json(const Measurement& m) { return cli::json_lines(report_of(m)); }

}  // namespace refwave::measure
