// When to render for a server that holds more than was asked for (PULSE_LATENCY_MSEC), and may take much of
// it in one burst, above all at its start. A program that writes a block whenever one is done could not keep
// up. So such a server gets the excess at eight times real time, and silence at real time. Reads no clock.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

class GrowingQueue {
 public:
  GrowingQueue(std::uint32_t rate, std::uint32_t asked_frames)
      : frame_ns_(1e9 / rate), asked_frames_(asked_frames) {}

  /// `held_frames`: what the server reports to hold, its device included. `is_idle`: nothing is left to play.
  /// Returns: when to render the next `frames`, for which there is room at `now_ns`; monotonic, in ns.
  REFWAVE_AUDIO_THREAD std::int64_t next_ns(std::int64_t now_ns, std::uint32_t frames,
                                            std::uint32_t held_frames, bool is_idle) noexcept {
    const auto period_ns = static_cast<std::int64_t>(frames * frame_ns_);
    if (until_ns_ == 0) until_ns_ = now_ns;
    // `held_frames` is not enough: a device with a long buffer reports many frames although all was played.
    const bool has_more = until_ns_ - now_ns > static_cast<std::int64_t>(asked_frames_ * frame_ns_);
    until_ns_ += period_ns;
    const bool can_wait = has_more && held_frames > asked_frames_;
    return at_ns_ = can_wait ? std::max(now_ns, at_ns_ + (is_idle ? period_ns : period_ns / 8)) : now_ns;
  }

 private:
  double frame_ns_;
  std::uint32_t asked_frames_;
  std::int64_t until_ns_ = 0;  // what was rendered lasts until then, from the first period on
  std::int64_t at_ns_ = 0;     // of the newest period
};

}  // namespace refwave::hal
