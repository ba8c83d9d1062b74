// When to render for a device with a queue, so that the queue is short while nothing plays: new sound is
// heard soon, and an underrun of silence loses nothing. As soon as something plays, the queue grows again, a
// little in each period, because a program may be only a few frames ahead. Reads no clock.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

class IdleQueue {
 public:
  /// `spare_frames`: how much shorter the queue is while nothing plays.
  IdleQueue(std::uint32_t rate, std::uint32_t spare_frames)
      : frame_ns_(1e9 / rate), spare_ns_(static_cast<std::int64_t>(spare_frames * frame_ns_)) {}

  /// Returns: when to render the next `frames`, for which the device has room at `now_ns`; monotonic, in ns.
  REFWAVE_AUDIO_THREAD std::int64_t next_ns(std::int64_t now_ns, std::uint32_t frames,
                                            bool is_idle) noexcept {
    const auto period_ns = static_cast<std::int64_t>(frames * frame_ns_);
    // A device that had no room until now is full, whatever became of its queue before.
    if (now_ns >= at_ns_ + period_ns) missing_ns_ = 0;
    std::int64_t change_ns = -std::min(period_ns / 4, missing_ns_);
    if (is_idle) change_ns = std::min(period_ns, spare_ns_ - missing_ns_);
    const bool stays_full = missing_ns_ == 0 && change_ns == 0;
    missing_ns_ += change_ns;
    return at_ns_ = stays_full ? now_ns : std::max(now_ns, at_ns_ + period_ns + change_ns);
  }

 private:
  double frame_ns_;
  std::int64_t spare_ns_;
  std::int64_t missing_ns_ = 0;  // of the full queue
  std::int64_t at_ns_ = 0;       // of the newest period
};

}  // namespace refwave::hal
