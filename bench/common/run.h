// The common part of main() in every benchmark program, after its benchmarks are registered.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

namespace refwave::bench {

/// Effects: as BENCHMARK_MAIN(), with the machine and the cores in the output's context, and the calling
/// thread on `cores().near`. Returns: main()'s result.
int run(int argc, char** argv);

/// Effects: registers a benchmark. `body(state, name)`.
template <typename Body>
benchmark::internal::Benchmark* add(const std::string& name, Body body) {
  return benchmark::RegisterBenchmark(name.c_str(),
                                      [name, body](benchmark::State& state) { body(state, name); });
}

/// Effects: the same for events with waits: `--benchmark_min_time` then counts wall-clock time, waits
/// included.
template <typename Body>
benchmark::internal::Benchmark* add_events(const std::string& name, Body body) {
  return add(name, body)->UseRealTime();
}

}  // namespace refwave::bench
