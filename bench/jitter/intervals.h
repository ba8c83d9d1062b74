// The moments of an event that should come evenly, and the measure of its evenness.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace refwave::bench {

class Intervals {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Intervals(std::size_t most) : moments_(most) {}

  /// Effects: notes the moment. A moment that finds no room is dropped. Thread: one at a time; it neither
  /// allocates nor locks.
  void note() noexcept {
    const std::size_t i = count_.load(std::memory_order_relaxed);
    if (i == moments_.size()) return;
    moments_[i] = Clock::now();
    count_.store(i + 1, std::memory_order_release);  // pairs with the acquire in count()
  }
  std::size_t count() const { return count_.load(std::memory_order_acquire); }

  /// Effects: prints one line: by how much intervals missed `even` (p50, p99, p99.9 and the most, in ms), the
  /// share of intervals shorter than a tenth of it (bursts, in %), and the rate of events as a share of real
  /// time (in %). The first `skipped` moments are left out. Thread: one, after the last moment.
  void print(std::chrono::duration<double, std::milli> even, std::size_t skipped) const {
    std::vector<double> errors;
    std::size_t bursts = 0;
    const std::size_t last = count() - 1;
    for (std::size_t i = skipped; i < last; ++i) {
      const double interval = milliseconds(moments_[i + 1] - moments_[i]);
      errors.push_back(std::abs(interval - even.count()));
      bursts += interval < even.count() / 10;
    }
    std::sort(errors.begin(), errors.end());
    const auto size = static_cast<double>(errors.size());
    const double elapsed = milliseconds(moments_[last] - moments_[skipped]);
    std::printf("%.3f %.3f %.3f %.3f %.1f %.2f", share(errors, 0.5), share(errors, 0.99),
                share(errors, 0.999), errors.back(), 100 * static_cast<double>(bursts) / size,
                100 * size * even.count() / elapsed);
  }

 private:
  static double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  }
  static double share(const std::vector<double>& sorted, double part) {
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
  }

  std::vector<Clock::time_point> moments_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace refwave::bench
