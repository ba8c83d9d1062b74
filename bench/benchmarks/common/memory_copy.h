// Baseline: copying bytes that are hot in the first-level cache. Work on samples cannot be faster than a
// copy of them. Every program whose figures are compared with it runs it too, because only figures of one run
// can be compared.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "bench/benchmarks/common/samples.h"

namespace refwave::bench {

/// Effects: registers baseline/memcpy/bytes:…. Call it before run().
inline void register_memcpy(std::size_t bytes) {
  constexpr std::size_t kCopies = 100;  // timed together
  add("baseline/memcpy/bytes:" + std::to_string(bytes), [bytes](benchmark::State& state) {
    std::vector<std::byte> from(bytes);
    std::vector<std::byte> to(bytes);
    Samples samples(most_iterations(state));
    for (auto _ : state) {
      samples.add(loop_ns(kCopies, [&] {
        std::memcpy(to.data(), from.data(), from.size());
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
      }));
    }
    samples.report(state);
  });
}

}  // namespace refwave::bench
