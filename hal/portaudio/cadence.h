// The times at which to render for a device that takes its frames unevenly. WASAPI takes ten milliseconds at
// a time, and under Wine it is up to five milliseconds early or late. The times are evenly spaced on our own
// clock, and follow the device's clock as slowly as the buffer allows. Reads no clock.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

class Cadence {
 public:
  /// `queue_frames`: the frames that the device is given at its start, and again after an underrun.
  Cadence(std::uint32_t rate, std::uint32_t queue_frames)
      : frame_ns_(1e9 / rate), queue_frames_(queue_frames) {}

  /// Returns: when to render the next `frames`, in ns of the monotonic clock: immediately until the device
  /// has its queue, and at even intervals after that. `queued`: the frames that the device has now.
  REFWAVE_AUDIO_THREAD std::int64_t next_ns(std::int64_t now_ns, std::uint32_t frames,
                                            std::uint32_t queued) noexcept {
    if (frames == 0) return now_ns;
    filling_ = queued < (filling_ ? queue_frames_ : std::min(frames, queue_frames_ / 2));
    const double period_ns = frames * frame_ns_;
    if (filling_) {
      // The times are half a period away from the device's own, which begins about now, so that the two
      // threads do not wake at the same moment.
      at_ns_ = now_ns - static_cast<std::int64_t>(period_ns / 2);
      learnt_ns_ = usual_ = 0;
      return now_ns;
    }
    const auto furthest_ns = static_cast<std::int64_t>(kFurthestPeriods * period_ns);
    at_ns_ += static_cast<std::int64_t>(period_ns + correction_ns(period_ns, queued));
    return at_ns_ = std::clamp(at_ns_, now_ns - furthest_ns, now_ns + furthest_ns);
  }

 private:
  static constexpr double kFurthestPeriods = 2;  // the most missed periods that are made up for
  static constexpr double kLearnNs = 500e6;
  static constexpr double kFollowNs = 8e9;  // the time in which a surplus shrinks to about a third

  /// Returns: by how much the next period is later than one of our clock: if more frames are queued than
  /// usual (the mean of the first half second), the device's clock is slower.
  REFWAVE_AUDIO_THREAD double correction_ns(double period_ns, std::uint32_t queued) noexcept {
    if (learnt_ns_ < kLearnNs) {
      learnt_ns_ += period_ns;
      usual_ += (queued - usual_) * period_ns / learnt_ns_;
      return 0;
    }
    return (queued - usual_) * frame_ns_ * period_ns / kFollowNs;
  }

  double frame_ns_;
  std::uint32_t queue_frames_;
  bool filling_ = true;
  std::int64_t at_ns_ = 0;
  double learnt_ns_ = 0;  // the time over which usual_ is the mean
  double usual_ = 0;      // frames
};

}  // namespace refwave::hal
