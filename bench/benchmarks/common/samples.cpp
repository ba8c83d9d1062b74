#include "bench/benchmarks/common/samples.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/benchmarks/common/machine.h"

namespace refwave::bench {
namespace {

/// Returns: the value of that option, or nothing.
std::string_view option(int argc, char** argv, std::string_view name) {
  std::string_view value;
  for (const std::string_view one : std::vector<std::string_view>(argv + 1, argv + argc))
    if (one.starts_with(name)) value = one.substr(name.size());
  return value;
}

}  // namespace

double median(std::vector<double> samples) {
  if (samples.empty()) return 0;
  const auto middle = samples.begin() + std::ssize(samples) / 2;
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

void report(benchmark::State& state, std::vector<double> ns) {
  std::sort(ns.begin(), ns.end());
  for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1.0}})
    state.counters[name] =
        ns.empty() ? 0 : ns[static_cast<std::size_t>(share * static_cast<double>(ns.size() - 1))];
}

double seconds_asked(int argc, char** argv) {
  const std::string asked(option(argc, argv, "--benchmark_min_time="));
  return asked.empty() ? 1 : std::atof(asked.c_str());
}

int run(int argc, char** argv) {
  const Cores two = cores();
  const std::string_view format = option(argc, argv, "--benchmark_format=");
  const bool is_table = format.empty() || format == "console";
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("machine", machine_line());
  benchmark::AddCustomContext("cores", std::to_string(two.near) + " and " + std::to_string(two.far));
  pin_to(two.near);
  benchmark::ConsoleReporter table(benchmark::ConsoleReporter::OO_Tabular);
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks(is_table ? &table : nullptr);
  benchmark::Shutdown();
  if (ran == 0) std::fputs("no benchmark has such a name\n", stderr);
  return ran == 0 ? 1 : 0;
}

}  // namespace refwave::bench
