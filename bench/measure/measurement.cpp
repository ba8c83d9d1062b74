#include "bench/measure/measurement.h"

#include <algorithm>
#include <numeric>

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
      "late, and %s with the time that %s would have waited",
      static_cast<unsigned long long>(series.omitted.count()), is_one ? "block was" : "blocks were",
      is_one ? "counts" : "count", is_one ? "it" : "they");
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

Row heading() {
  Row row{.count = "count"};
  for (std::size_t i = 0; i < kColumns.size(); ++i) row.cells[i] = kColumns[i].title;
  return row;
}

Row row_of(std::string name, const Histogram& histogram, Of of) {
  Row row{.name = std::move(name), .count = std::to_string(histogram.count()), .is_part = of == Of::part};
  for (std::size_t i = 0; i < kColumns.size(); ++i) row.cells[i] = percentile_text(histogram, kColumns[i]);
  return row;
}

std::vector<Row> rows_of(const Measurement& m) {
  std::vector<Row> rows;
  for (const Subject& subject : m.subjects) {
    rows.push_back(row_of(subject.series.name, subject.series.corrected()));
    if (&subject == &m.driver() && m.pieces) {
      for (std::size_t i = 0; i < trace::kPieces; ++i)
        rows.push_back(row_of(std::string(trace::kPieceNames[i]), m.pieces->each[i], Of::part));
      if (m.pieces->has_wakes()) rows.push_back(row_of("from wake", m.pieces->from_wake, Of::part));
    }
    if (subject.series.omitted.count() != 0)
      rows.push_back(row_of("uncorrected", subject.series.measured, Of::part));
  }
  const Ratio ratio = ratio_of(m);
  Row& last = rows.emplace_back(Row{.name = ratio.name});
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const std::uint64_t count = std::min(ratio.above.count(), ratio.below.count());
    const double share = kColumns[i].share;
    last.cells[i] = cli::percentile_text(0, share, count) == "-" ? "-" : cli::ratio_text(ratio.at(share));
  }
  return rows;
}

std::string text_of(const Settings& settings, const Setting& setting) {
  if (const auto* text = std::get_if<std::string Settings::*>(&setting.member)) return settings.**text;
  const std::uint32_t number = settings.*std::get<std::uint32_t Settings::*>(setting.member);
  return number != 0 ? std::to_string(number) : "";
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
