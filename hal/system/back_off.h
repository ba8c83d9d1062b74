// When to repeat what has failed: after pauses that double. One thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>

namespace refwave::hal {

class BackOff {
 public:
  BackOff(std::int64_t shortest_ns, std::int64_t longest_ns)
      : shortest_ns_(shortest_ns), longest_ns_(longest_ns) {}

  bool is_due(std::int64_t now_ns) const { return now_ns >= next_ns_; }
  /// Effects: due `pause_ns` after `now_ns`. Each failure from there doubles the pause.
  void begin(std::int64_t now_ns, std::int64_t pause_ns) {
    pause_ns_ = pause_ns;
    next_ns_ = now_ns + pause_ns;
  }
  void note_failure(std::int64_t now_ns) {
    begin(now_ns, std::clamp(2 * pause_ns_, shortest_ns_, longest_ns_));
  }
  void note_success() { begin(0, 0); }

 private:
  std::int64_t shortest_ns_;
  std::int64_t longest_ns_;
  std::int64_t pause_ns_ = 0;
  std::int64_t next_ns_ = 0;
};

}  // namespace refwave::hal
