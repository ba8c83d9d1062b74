// What the main() of every benchmark program does, once its benchmarks are registered.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

namespace refwave::bench {

/// Effects: as BENCHMARK_MAIN(), with the machine and the cores in the output's context, and the calling
/// thread on `cores().near`. Returns: main()'s result.
int run(int argc, char** argv);

/// Effects: registers a benchmark that runs until `--benchmark_min_time` of wall time is over, waits
/// included: for events that are timed one by one. `body(state, name)`.
template <typename Body>
benchmark::internal::Benchmark* add(const std::string& name, Body body) {
  return benchmark::RegisterBenchmark(name.c_str(),
                                      [name, body](benchmark::State& state) { body(state, name); })
      ->UseRealTime();
}

}  // namespace refwave::bench
