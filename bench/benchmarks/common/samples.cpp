#include "bench/benchmarks/common/samples.h"

#include <algorithm>
#include <cstdio>

#include "bench/benchmarks/common/machine.h"

namespace refwave::bench {

double Samples::percentile(double share) const {
  if (count_ == 0) return 0;
  std::vector<double> sorted(ns_.begin(), ns_.begin() + static_cast<std::ptrdiff_t>(count_));
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(count_ - 1));
  std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
  return sorted[static_cast<std::size_t>(at)];
}

void Samples::report(benchmark::State& state, const std::string& prefix) const {
  if (count_ == 0) return;
  state.counters[prefix + "p50"] = percentile(0.5);
  state.counters[prefix + "p99"] = percentile(0.99);
  state.counters[prefix + "p99.9"] = percentile(0.999);
  state.counters[prefix + "max"] = percentile(1);
  if (dropped_ != 0) state.counters[prefix + "dropped"] = static_cast<double>(dropped_);
}

int run(int argc, char** argv) {
  const Cores two = cores();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("machine", machine_line());
  benchmark::AddCustomContext("cores", std::to_string(two.near) + " and " + std::to_string(two.far));
  pin_to(two.near);
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  if (ran == 0) std::fputs("no benchmark has such a name\n", stderr);
  return ran == 0 ? 1 : 0;
}

}  // namespace refwave::bench
