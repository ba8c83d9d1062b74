#include "bench/measure/measurement.h"

#include <algorithm>
#include <numeric>

#include "bench/measure/axis.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::measure {
namespace {

constexpr std::size_t kMostSamples = std::size_t{1} << 20;

std::string omission_remark(const Series& series) {
  if (series.omitted.count() == 0) {
    return "corrected for coordinated omission: nothing was omitted";
  }
  const bool is_one = series.omitted.count() == 1;
  return cli::formatted(
      "corrected for coordinated omission: %llu %s not played in time, because an earlier one was reported "
      "late, and %s with the time that %s would have waited (uncorrected: p99 %s, p99.9 %s)",
      static_cast<unsigned long long>(series.omitted.count()), is_one ? "block was" : "blocks were",
      is_one ? "counts" : "count", is_one ? "it" : "they",
      percentile_text(series.measured, kColumns[2]).c_str(),
      percentile_text(series.measured, kColumns[3]).c_str());
}

void add_outside_remarks(const Subject& subject, std::vector<std::string>& lines) {
  const Outside& seen = *subject.outside;
  lines.push_back(cli::formatted("%s: audio at %.1f %% of real time; reports in bursts: %llu; ran dry: %llu",
                                 subject.series.name.c_str(), seen.real_time_percent,
                                 static_cast<unsigned long long>(seen.bursts),
                                 static_cast<unsigned long long>(seen.ran_dry)));
}

}  // namespace

void Series::add(const Sample& sample) {
  measured.record(sample.ns);
  over_time.add(sample.at_ns, sample.ns);
  if (samples.size() < kMostSamples) {
    samples.push_back(sample);
  } else {
    ++samples_left_out;
  }
}

Histogram Series::corrected() const {
  Histogram both = measured;
  both.merge(omitted);
  return both;
}

void Pieces::add(const PieceTimes& block) {
  for (std::size_t i = 0; i < block.size(); ++i) each[i].record(static_cast<std::uint64_t>(block[i]));
  const auto* wake = block.begin() + static_cast<std::ptrdiff_t>(trace::Piece::wake);
  from_wake.record(static_cast<std::uint64_t>(std::accumulate(wake, block.end(), std::int64_t{0})));
}

std::string so_far(const Histogram& histogram) {
  return cli::so_far_text(histogram.percentile(0.5), histogram.percentile(0.99), histogram.percentile(1),
                          histogram.count());
}

std::string meaning(const Measurement& measurement) {
  if (!measurement.is_from_outside()) {
    return "from the audio thread having the last frame of a block to the first instruction of the client's "
           "callback";
  }
  return "how long after its place on an even timeline each block was reported. The timeline is the one that "
         "fits the driver best. A lateness that all reports share is not seen from outside";
}

std::string percentile_text(const Histogram& histogram, const Column& column) {
  return cli::percentile_text(histogram.percentile(column.share), column.share, histogram.count());
}

std::string ratio_text(const Ratio& ratio, const Column& column) {
  const std::uint64_t count = std::min(ratio.above.count(), ratio.below.count());
  const bool is_borne = cli::percentile_text(0, column.share, count) != "-";
  return is_borne ? cli::ratio_text(ratio.at(column.share)) : "-";
}

double Ratio::at(double share) const {
  return static_cast<double>(above.percentile(share)) /
         static_cast<double>(std::max<std::uint64_t>(below.percentile(share), 1));
}

Ratio ratio_of(const Measurement& m) {
  const Histogram whole = m.driver().series.corrected();
  const Histogram other = m.subjects[1].series.corrected();  // the other driver, if there is one
  if (m.is_from_outside()) return {"ratio to refwave", "refwave", whole, other};
  if (!m.pieces || !m.pieces->has_wakes()) return {"ratio", "a bare wake", whole, other};
  return {"ratio from wake", "a bare wake", m.pieces->from_wake, other};
}

std::vector<std::pair<std::string, std::string>> facts_of(const Measurement& m) {
  const Settings& s = m.settings;
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Machine", (m.machine.processor.empty() ? "processor unknown" : m.machine.processor) +
                      cli::formatted(", %u cores, ", m.machine.cores) + m.machine.system},
      {"Measured",
       m.began + cli::formatted(", for %.1f s%s", m.seconds, m.is_interrupted ? ", until interrupted" : "")},
      {"Device", s.device},
      {"Streams",
       cli::formatted("%u, each with %u blocks of %u frames (%s) at %u Hz", s.streams, s.buffers,
                      s.block_frames, duration_text(1e9 * s.block_frames / s.rate).c_str(), s.rate)}};
  if (s.period_frames != 0)
    facts.emplace_back("Period",
                       cli::formatted("%u frames (%s)", s.period_frames,
                                      duration_text(1e9 * s.period_frames / s.device_rate).c_str()));
  if (s.device_period_frames != 0)
    facts.emplace_back("The device's own", cli::formatted("periods of %u frames, a buffer of %u",
                                                          s.device_period_frames, s.device_buffer_frames));
  if (!s.completion.empty())
    facts.emplace_back(m.is_from_outside() ? "Policies of refwave" : "Policies",
                       "completion = " + s.completion + ", wake = " + s.wake + ", done = " + s.done +
                           ", notifier_priority = " + s.priority);
  facts.emplace_back("Version", "refwave " + m.version);
  return facts;
}

std::vector<std::string> remarks(const Measurement& measurement) {
  std::vector<std::string> lines;
  if (measurement.others_percent >= kBusyPercent) {
    lines.push_back(cli::formatted(
        "the machine was busy: other programs used %.0f %% of its processors meanwhile, and all "
        "figures suffer from it; end them, and measure again",
        measurement.others_percent));
  }
  if (!measurement.conclusion.empty()) {
    lines.push_back(measurement.conclusion);
  } else if (!measurement.is_from_outside()) {
    lines.push_back(omission_remark(measurement.driver().series));
  }
  if (measurement.lost_events != 0) {
    lines.push_back(cli::formatted(
        "%llu of the driver's stamps were lost, and the blocks that they were of are not counted: fewer "
        "streams, or longer blocks",
        static_cast<unsigned long long>(measurement.lost_events)));
  }
  for (const Subject& subject : measurement.subjects) {
    if (subject.outside) add_outside_remarks(subject, lines);
  }
  if (measurement.counters) lines.push_back(cli::counts_text(*measurement.counters));
  return lines;
}

void OverTime::add(std::int64_t at_ns, std::uint64_t ns) {
  const std::int64_t at = std::max<std::int64_t>(at_ns, 0);
  while (static_cast<std::size_t>(at / span_ns_) >= kSpans) halve();
  const auto index = static_cast<std::size_t>(at / span_ns_);
  if (index >= spans_.size()) spans_.resize(index + 1);
  spans_[index] = std::max(spans_[index], ns);
}

void OverTime::halve() {
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    const std::uint64_t ns = spans_[i];
    spans_[i] = 0;
    spans_[i / 2] = std::max(spans_[i / 2], ns);
  }
  spans_.resize((spans_.size() + 1) / 2);
  span_ns_ *= 2;
}

}  // namespace refwave::measure
