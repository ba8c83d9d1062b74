// When to render for a device of a long latency. Its queue is short while nobody is late, so that a new
// volume is heard soon. After a delay, the server's or ours, all of it is used for some seconds. Reads no
// clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "dsp/audio_thread.h"

namespace refwave::hal {

class CalmQueue {
 public:
  /// `spare_frames`: how much shorter the queue is while nobody is late.
  CalmQueue(std::uint32_t rate, std::uint32_t spare_frames)
      : frame_ns_(1e9 / rate), spare_ns_(static_cast<std::int64_t>(spare_frames * frame_ns_)) {}

  /// `room_frames`: the part of the queue that is free at `now_ns`.
  /// Returns: when to render the next `frames`; monotonic, in ns.
  REFWAVE_AUDIO_THREAD std::int64_t next_ns(std::int64_t now_ns, std::uint32_t frames,
                                            std::uint32_t room_frames) noexcept {
    const auto period_ns = static_cast<std::int64_t>(frames * frame_ns_);
    const auto room_ns = static_cast<std::int64_t>(room_frames * frame_ns_);
    if (at_ns_ == 0) begun_ns_ = now_ns;
    if (room_ns - kLateNs > room_ns_) busy_until_ns_ = now_ns + kBusyNs;
    room_ns_ = room_ns;
    if (now_ns - begun_ns_ < kBeginningNs) return at_ns_ = now_ns;
    const std::int64_t wanted_ns = now_ns < busy_until_ns_ ? 0 : spare_ns_;
    // A program may be only a few frames ahead.
    const std::int64_t change_ns = std::clamp(wanted_ns - room_ns, -period_ns / 4, period_ns / 8);
    at_ns_ = std::max(at_ns_ + period_ns + change_ns, now_ns - kMostMadeUpNs);
    return std::max(now_ns, at_ns_);
  }

 private:
  static constexpr std::int64_t kLateNs = 25'000'000;  // the server asks for 10 ms at a time
  static constexpr std::int64_t kBeginningNs = 1'000'000'000;
  static constexpr std::int64_t kBusyNs = 5'000'000'000;
  static constexpr std::int64_t kMostMadeUpNs = 40'000'000;

  double frame_ns_;
  std::int64_t spare_ns_;
  std::int64_t room_ns_ = std::numeric_limits<std::int64_t>::max();  // at the newest period
  std::int64_t at_ns_ = 0;                                           // when the newest period was due
  std::int64_t begun_ns_ = 0;
  std::int64_t busy_until_ns_ = 0;
};

}  // namespace refwave::hal
