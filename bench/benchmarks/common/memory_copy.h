// Baseline: copying bytes that are hot in the first-level cache. Work on samples cannot be faster than a
// copy of them.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "bench/benchmarks/common/samples.h"

namespace refwave::bench {

class MemoryCopy {
 public:
  /// `passes`: copies that are timed together.
  MemoryCopy(std::size_t bytes, std::size_t passes) : passes_(passes), from_(bytes), to_(bytes) {}

  void begin() noexcept {}
  /// Returns: ns for each copy.
  double step() noexcept {
    return loop_ns(passes_, [&] {
      std::memcpy(to_.data(), from_.data(), from_.size());
      benchmark::DoNotOptimize(to_.data());
      benchmark::ClobberMemory();
    });
  }

 private:
  const std::size_t passes_;
  std::vector<std::byte> from_;
  std::vector<std::byte> to_;
};

}  // namespace refwave::bench
