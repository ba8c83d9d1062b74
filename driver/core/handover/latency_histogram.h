// A histogram of durations from 0 to 2^40 ns with a relative resolution of 1/16 (HdrHistogram's layout:
// powers of two, each in sixteen linear steps). Recording takes a few nanoseconds and never fails. One thread
// records at a time; any number of threads read. A reader may mix moments: counts only grow.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

class LatencyHistogram {
 public:
  static constexpr unsigned kStepBits = 4;
  static constexpr std::size_t kSteps = std::size_t{1} << kStepBits;
  static constexpr unsigned kMaxBits = 40;
  static constexpr std::size_t kCounts = (kMaxBits - kStepBits + 1) * kSteps;
  /// Returns: the index of the step in which a value is counted.
  static std::size_t index_of(std::uint64_t value) noexcept {
    if (value < kSteps) return static_cast<std::size_t>(value);
    const unsigned bits = static_cast<unsigned>(std::bit_width(value));
    if (bits > kMaxBits) return kCounts - 1;
    const unsigned shift = bits - 1 - kStepBits;
    return (std::size_t{shift} + 1) * kSteps + static_cast<std::size_t>((value >> shift) - kSteps);
  }
  /// Returns: the largest value that is counted in that step, in ns.
  static constexpr std::uint64_t upper_end(std::size_t index) noexcept {
    if (index < kSteps) return index;
    const std::size_t shift = index / kSteps - 1;
    return ((std::uint64_t{kSteps} + index % kSteps + 1) << shift) - 1;
  }

  /// Thread: the messages' owner.
  REFWAVE_AUDIO_THREAD void record(std::int64_t ns) noexcept {
    const std::uint64_t value = ns > 0 ? static_cast<std::uint64_t>(ns) : 0;
    add(counts_[index_of(value)], 1);
    if (value > max_ns_.load(std::memory_order_relaxed)) max_ns_.store(value, std::memory_order_relaxed);
  }

  /// Effects: adds the counts of `other`. Thread: control, the only writer of this one.
  void merge(const LatencyHistogram& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      add(counts_[i], other.counts_[i].load(std::memory_order_relaxed));
    const std::uint64_t theirs = other.max_ns();
    if (theirs > max_ns()) max_ns_.store(theirs, std::memory_order_relaxed);
  }

  std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kCounts; ++i) sum += count(i);
    return sum;
  }

  /// Returns: the upper end, in ns, of the step with this percentile, at most the largest record; 0 without
  /// records. `share`: 0 to 1.
  std::uint64_t percentile(double share) const noexcept {
    const double wanted = share * static_cast<double>(total());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kCounts; ++i) {
      sum += count(i);
      if (static_cast<double>(sum) >= wanted && sum > 0) return std::min(upper_end(i), max_ns());
    }
    return max_ns();
  }

  std::uint64_t max_ns() const noexcept { return max_ns_.load(std::memory_order_relaxed); }
  std::uint64_t count(std::size_t index) const noexcept {
    return counts_[index].load(std::memory_order_relaxed);
  }

 private:
  REFWAVE_AUDIO_THREAD static void add(std::atomic<std::uint64_t>& count, std::uint64_t n) noexcept {
    // There is one writer, so no read-modify-write is needed.
    count.store(count.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, kCounts> counts_{};
  std::atomic<std::uint64_t> max_ns_{0};
};

}  // namespace refwave::core
