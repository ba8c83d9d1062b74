// Limits repeated warnings: the first one is given at once, later ones after a pause, which doubles as long
// as they go on. One thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace refwave::event_log {

class NewsLimit {
 public:
  /// Returns: how many were held back since the last one that was reported, if this one is to be reported;
  /// nothing if it is to be held back.
  std::optional<std::uint32_t> note(std::int64_t now_ns) {
    is_reported_ = now_ns >= next_ns_;
    if (!is_reported_) {
      ++held_;
      return std::nullopt;
    }
    pause_ns_ = held_ > 0 ? std::min(2 * pause_ns_, kLongestNs) : kShortestNs;
    next_ns_ = now_ns + pause_ns_;
    return std::exchange(held_, 0);
  }
  /// Returns: whether the newest one was reported.
  bool is_reported() const { return is_reported_; }

 private:
  static constexpr std::int64_t kShortestNs = 5'000'000'000;
  static constexpr std::int64_t kLongestNs = 60'000'000'000;

  std::int64_t next_ns_ = 0;
  std::int64_t pause_ns_ = kShortestNs;
  std::uint32_t held_ = 0;
  bool is_reported_ = true;  // a device that never was lost may come back, too
};

}  // namespace refwave::event_log
