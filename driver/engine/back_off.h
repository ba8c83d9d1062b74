// When to try again what has failed: soon, then after pauses that double, so that a system that has nothing
// to give is not asked all the time. One thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>

namespace refwave::engine {

class BackOff {
 public:
  bool is_due(std::int64_t now_ns) const { return now_ns >= next_ns_; }
  void note_failure(std::int64_t now_ns) {
    pause_ns_ = std::clamp(2 * pause_ns_, kShortestNs, kLongestNs);
    next_ns_ = now_ns + pause_ns_;
  }
  /// Effects: the next failure is the first one.
  void note_success() { pause_ns_ = next_ns_ = 0; }

 private:
  static constexpr std::int64_t kShortestNs = 10'000'000;
  static constexpr std::int64_t kLongestNs = 1'000'000'000;

  std::int64_t pause_ns_ = 0;
  std::int64_t next_ns_ = 0;
};

}  // namespace refwave::engine
