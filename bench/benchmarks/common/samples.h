// How the benchmarks measure: Google Benchmark's Time is the mean of one event, and the counters p50, p99,
// p99.9 and max are the distribution, in ns.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

namespace refwave::bench {

/// Returns: the monotonic clock in ns. Any thread.
inline std::int64_t now_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Returns: the ns of one pass of `body`, from two reads of the clock around `passes` passes. `body` must
/// leave a result that the compiler cannot drop.
template <typename Body>
double loop_ns(std::size_t passes, Body body) {
  const std::int64_t begin = now_ns();
  for (std::size_t i = 0; i < passes; ++i) body();
  return static_cast<double>(now_ns() - begin) / static_cast<double>(passes);
}

/// Returns: 0 if there is none.
double median(std::vector<double> samples);

/// Effects: sets the counters p50, p99, p99.9 and max.
void report(benchmark::State& state, std::vector<double> ns);

/// Effects: registers a benchmark of events that may be shorter than a read of the clock. `make(state)`
/// returns a function that runs `batch` events, and returns the ns of one. A sample is a batch's mean.
template <typename Make>
void add(const std::string& name, std::size_t batch, Make make) {
  benchmark::RegisterBenchmark(name.c_str(), [batch, make](benchmark::State& state) {
    auto run_batch = make(state);
    const auto size = static_cast<benchmark::IterationCount>(batch);
    std::vector<double> samples;
    samples.reserve(static_cast<std::size_t>(state.max_iterations / size + 1));
    while (state.KeepRunningBatch(size)) {
      samples.push_back(run_batch());
      state.SetIterationTime(samples.back() * static_cast<double>(batch) / 1e9);
    }
    report(state, samples);
  })->UseManualTime();
}

/// Effects: registers a benchmark of `count` events, each an iteration. `measure(state)` returns the ns of
/// each, at least `count`.
template <typename Measure>
void add_events(const std::string& name, std::size_t count, Measure measure) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [count, measure](benchmark::State& state) {
                                 std::vector<double> samples;
                                 try {
                                   samples = measure(state);
                                   if (samples.size() < count) state.SkipWithError("too few events");
                                 } catch (const std::exception& problem) {
                                   state.SkipWithError(problem.what());
                                 }
                                 samples.resize(count);
                                 std::size_t next = 0;
                                 for (auto _ : state) state.SetIterationTime(samples[next++] / 1e9);
                                 report(state, samples);
                               })
      ->UseManualTime()
      ->Iterations(static_cast<benchmark::IterationCount>(count));
}

/// Returns: the seconds of --benchmark_min_time, 1 by default. Google's own reading of it sums up the
/// events' times, which would take hours.
double seconds_asked(int argc, char** argv);

/// Effects: as BENCHMARK_MAIN(), with the machine and the cores in the output's context, and the calling
/// thread on `cores().near`. The console's table has a column for each counter. Returns: main()'s result.
int run(int argc, char** argv);

}  // namespace refwave::bench
