#include "bench/benchmarks/common/samples.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/benchmarks/common/machine.h"

namespace refwave::bench {
namespace {

constexpr int kNameColumns = 48;

/// Returns: the value of that option, or nothing.
std::string_view option(int argc, char** argv, std::string_view name) {
  std::string_view value;
  for (const std::string_view one : std::vector<std::string_view>(argv + 1, argv + argc))
    if (one.starts_with(name)) value = one.substr(name.size());
  return value;
}

/// Returns: three significant digits, with the unit.
std::string time_text(double ns) {
  const double size = std::abs(ns);
  const auto [unit, name] = size >= 1e6   ? std::pair(1e6, "ms")
                            : size >= 1e3 ? std::pair(1e3, "us")
                                          : std::pair(1.0, "ns");
  char text[32];
  std::snprintf(text, sizeof text, size >= 1e9 ? "%.0f %s" : "%.3g %s", ns / unit, name);
  return text;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

bool is_time(std::string_view counter) {
  return counter.starts_with("p50") || counter.starts_with("p99") || counter == "max" || counter == "waker";
}

class Table final : public benchmark::ConsoleReporter {
 public:
  Table() : ConsoleReporter(OO_Tabular) {}

 protected:
  void PrintHeader(const Run& run) override {
    std::string line = padded("Benchmark") + cell("Time");
    for (const std::string& name : ordered(run.counters)) line += cell(name);
    GetOutputStream() << std::string(line.size(), '-') << '\n'
                      << line << '\n'
                      << std::string(line.size(), '-') << '\n';
  }

  void PrintRunData(const Run& run) override {
    benchmark::BenchmarkName name = run.run_name;
    name.iterations.clear();
    name.time_type.clear();
    std::string line = padded(name.str() + (run.aggregate_name.empty() ? "" : "_" + run.aggregate_name));
    if (run.error_occurred) line += " ERROR: " + run.error_message;
    const bool is_share = run.run_type == Run::RT_Aggregate && run.aggregate_unit == benchmark::kPercentage;
    const auto text = [&](double value, bool is_ns) {
      return is_share ? number_text(100 * value) + " %" : is_ns ? time_text(value) : number_text(value);
    };
    if (!run.error_occurred) {
      line += cell(text(is_share ? run.real_accumulated_time : run.GetAdjustedRealTime(), true));
      for (const std::string& counter : ordered(run.counters))
        line += cell(text(run.counters.at(counter).value, is_time(counter)));
    }
    GetOutputStream() << line << std::endl;
  }

 private:
  /// Returns: the names, the percentiles first.
  static std::vector<std::string> ordered(const benchmark::UserCounters& counters) {
    std::vector<std::string> names;
    for (const auto& [name, value] : counters) names.push_back(name);
    std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
      const auto rank = [](const std::string& name) { return name[0] == 'p' ? 0 : name == "max" ? 1 : 2; };
      return rank(a) < rank(b);
    });
    return names;
  }
  static std::string padded(const std::string& name) {
    return name + std::string(std::max<std::size_t>(kNameColumns, name.size()) - name.size(), ' ');
  }
  static std::string cell(const std::string& text) {
    return std::string(std::max<std::size_t>(8, text.size() + 1) - text.size(), ' ') + text;
  }
};

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
  Table table;
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks(is_table ? &table : nullptr);
  benchmark::Shutdown();
  if (ran == 0) std::fputs("no benchmark has such a name\n", stderr);
  return ran == 0 ? 1 : 0;
}

}  // namespace refwave::bench
