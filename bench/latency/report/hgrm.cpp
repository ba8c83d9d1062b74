#include "bench/latency/report/report.h"

#include <cmath>
#include <cstdint>

#include "driver/cli/console/text.h"

namespace refwave::latency {
namespace {

constexpr double kUnit = 1000;  // ns

double deviation(const bench::Histogram& histogram) {
  double sum = 0;
  for (const bench::Histogram::Step& step : histogram.steps()) {
    const double off = static_cast<double>(step.from + step.to) / 2 - histogram.mean();
    sum += off * off * static_cast<double>(step.count);
  }
  return histogram.count() == 0 ? 0 : std::sqrt(sum / static_cast<double>(histogram.count()));
}

std::string line(double value, double level, std::uint64_t count) {
  std::string text =
      cli::formatted("%12.3f %2.12f %10llu", value / kUnit, level, static_cast<unsigned long long>(count));
  return level < 1 ? text + cli::formatted(" %14.2f\n", 1 / (1 - level)) : text + '\n';
}

/// Returns: the level after `level`. Five such steps halve the distance to 1.
double next_level(double level) {
  constexpr double kLinesPerHalving = 5;
  const double halvings = std::floor(std::log2(1 / (1 - level))) + 1;
  return level + 1 / (kLinesPerHalving * std::exp2(halvings));
}

}  // namespace

std::string as_hgrm(const bench::Histogram& histogram) {
  std::string text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
  const double all = static_cast<double>(histogram.count());
  std::uint64_t seen = 0;
  double level = 0;
  for (const bench::Histogram::Step& step : histogram.steps()) {
    seen += step.count;
    const double reached = static_cast<double>(seen) / all;
    const double value = static_cast<double>(std::min(step.to, histogram.max()));
    for (; seen < histogram.count() && level <= reached; level = next_level(level))
      text += line(value, level, seen);
    if (seen == histogram.count()) text += line(value, 1, seen);
  }
  return text +
         cli::formatted("#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", histogram.mean() / kUnit,
                        deviation(histogram) / kUnit) +
         cli::formatted("#[Max     = %12.3f, Total count    = %12llu]\n",
                        static_cast<double>(histogram.max()) / kUnit,
                        static_cast<unsigned long long>(histogram.count())) +
         "#[Buckets =           24, SubBuckets     =         2048]\n";
}

}  // namespace refwave::latency
