#include "bench/measure/measurement.h"

#include <algorithm>
#include <numeric>

#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::measure {
namespace {

constexpr std::size_t kMostSamples = std::size_t{1} << 20;

}  // namespace

void Series::add(const Sample& sample) {
  measured.record(sample.ns);
  if (samples.size() < kMostSamples) {
    samples.push_back(sample);
  } else {
    ++samples_left_out;
  }
}

void Pieces::add(const PieceTimes& block) {
  for (std::size_t i = 0; i < block.size(); ++i) each[i].record(static_cast<std::uint64_t>(block[i]));
  const auto* wake = block.begin() + static_cast<std::ptrdiff_t>(trace::Piece::wake);
  from_wake.record(static_cast<std::uint64_t>(std::accumulate(wake, block.end(), std::int64_t{0})));
}

std::vector<std::uint64_t> lateness_ns(std::span<const std::int64_t> reports_ns) {
  if (reports_ns.empty()) return {};
  const double middle = static_cast<double>(reports_ns.size() - 1) / 2;
  const auto over = [&](std::size_t i, double slope) {  // the line through the first report's height
    return static_cast<double>(reports_ns[i] - reports_ns[0]) - slope * (static_cast<double>(i) - middle);
  };
  const auto height = [&](double slope) {  // in the middle, of the line with that slope
    double least = over(0, slope);
    for (std::size_t i = 1; i < reports_ns.size(); ++i) least = std::min(least, over(i, slope));
    return least;
  };
  // The sum of distances is least for the line that is highest in the middle; the height has one peak.
  double low = 0, high = 0;
  for (std::size_t i = 1; i < reports_ns.size(); ++i)
    high = std::max(high, static_cast<double>(reports_ns[i] - reports_ns[i - 1]));
  for (int i = 0; i < 150; ++i) {
    const double left = low + (high - low) / 3, right = high - (high - low) / 3;
    if (height(left) < height(right))
      low = left;
    else
      high = right;
  }
  const double line = height(low);
  std::vector<std::uint64_t> lateness;
  for (std::size_t i = 0; i < reports_ns.size(); ++i)
    lateness.push_back(static_cast<std::uint64_t>(std::llround(over(i, low) - line)));
  return lateness;
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
  const Histogram& whole = m.driver().measured;
  const Histogram& other = m.subjects[1].measured;  // the other driver, if there is one
  if (m.is_from_outside()) return {"ratio to refwave", whole, other};
  if (!m.pieces || !m.pieces->has_wakes()) return {"ratio", whole, other};
  return {"ratio from wake", m.pieces->from_wake, other};
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
  if (!measurement.conclusion.empty()) lines.push_back(measurement.conclusion);
  if (measurement.lost_events != 0) {
    lines.push_back(cli::formatted(
        "%llu of the driver's stamps were lost, and the blocks that they were of are not counted: fewer "
        "streams, or longer blocks",
        static_cast<unsigned long long>(measurement.lost_events)));
  }
  for (const Series& subject : measurement.subjects) {
    if (!subject.outside) continue;
    const auto& [real_time_percent, bursts, ran_dry] = *subject.outside;
    lines.push_back(
        cli::formatted("%s: audio at %.1f %% of real time; reports in bursts: %llu; ran dry: %llu",
                       subject.name.c_str(), real_time_percent, static_cast<unsigned long long>(bursts),
                       static_cast<unsigned long long>(ran_dry)));
  }
  if (measurement.counters) lines.push_back(cli::counts_text(*measurement.counters));
  return lines;
}

}  // namespace refwave::measure
