// Counts durations to three significant digits in a fixed amount of memory, in the layout of Gil Tene's
// HdrHistogram: every power of two has steps of one width. Recording never fails and never allocates. One
// thread.
#pragma once

#include <cstdint>
#include <vector>

namespace refwave::measure {

class Histogram {
 public:
  Histogram();

  /// A duration above ten seconds is counted as ten. max() still returns the longest duration exactly.
  void record(std::uint64_t ns, std::uint64_t times = 1);
  /// Effects: adds the counts of `other`.
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  /// Returns: the shortest and the longest duration recorded, exactly; 0 if there is none.
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }
  /// Returns: the exact mean of the recorded durations; 0 if there is none.
  double mean() const;

  /// Returns: the nearest-rank percentile, up to a thousandth too long and never longer than max(); 0 if
  /// there is none. `share`: 0 to 1, e.g. 0.99.
  std::uint64_t percentile(double share) const;

  /// Durations that are counted together: from `from` to `to` inclusive.
  struct Step {
    std::uint64_t from, to, count;
  };
  /// Returns: the steps with recorded durations, in rising order.
  std::vector<Step> steps() const;

 private:
  std::vector<std::uint64_t> counts_;  // by step
  std::uint64_t count_ = 0;
  std::uint64_t min_ = ~std::uint64_t{0};
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace refwave::measure
