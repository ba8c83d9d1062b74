// Whether a device that keeps no schedule of its own has run out of sound. Sound servers play silence where
// they have none, and report nothing. So the sound that the device has taken is compared with the clock. A
// device never takes more than it has room for: what it has taken, less the time that has passed, has a
// highest level, at which the device is full. After a callback that comes late, a device that still had sound
// takes the missing periods at once, and is as full as before. One that ran dry stays behind by its silence.
// Arithmetic only: the caller reads the clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "dsp/audio_thread.h"

namespace refwave::engine {

/// A callback that came late, as far as is known when the device is full again.
struct LateCallback {
  std::int64_t came_at = 0;
  std::int64_t late_ns = 0;  // below the full level
  std::int64_t lost_ns = 0;  // of sound; 0: the device still had some
  std::int64_t held_ns = 0;  // for so long its thread was held before
};

class Pace {
 public:
  /// `buffer_ns`: what the device holds, as it says itself.
  explicit Pace(std::int64_t buffer_ns = 0) : buffer_ns_(buffer_ns), holds_ns_(buffer_ns) {}

  /// Returns: by how much it was late, at most, since it was full. Less than its buffer is no fault, but it
  /// may take that at once.
  REFWAVE_AUDIO_THREAD std::int64_t behind_ns() const noexcept { return behind_ns_; }
  /// Returns: whether a late callback is not over.
  REFWAVE_AUDIO_THREAD bool is_settling() const noexcept { return late_.came_at != 0; }
  /// Effects: forgets the device's level: nothing plays, and its queue may be shorter meanwhile.
  REFWAVE_AUDIO_THREAD void restart() noexcept {
    const std::int64_t taken_ns = taken_ns_;
    *this = Pace(buffer_ns_, holds_ns_);
    taken_ns_ = taken_ns;
  }

  /// Effects: the device has called for a period of `period_ns`. Returns: a late callback that is over now.
  REFWAVE_AUDIO_THREAD std::optional<LateCallback> take(std::int64_t now_at, std::int64_t period_ns,
                                                        std::int64_t held_ns = 0) noexcept {
    const std::int64_t passed_ns = last_at_ != 0 ? now_at - last_at_ : 0;
    last_at_ = now_at;
    level_ns_ -= passed_ns;
    queued_ns_ = std::max(queued_ns_ - passed_ns, std::int64_t{0});
    // The device's clock may be slower than ours.
    full_ns_ -= passed_ns / kClockTolerance;
    std::optional<LateCallback> over;
    if (late_.came_at != 0 && now_at - risen_at_ > std::max(buffer_ns_, kSettledNs)) over = judge(period_ns);
    // A server may take its time at the start.
    const bool has_begun = taken_ns_ > 2 * buffer_ns_ + kStartNs;
    const std::int64_t late_ns = full_ns_ - level_ns_;
    behind_ns_ = has_begun ? std::max(behind_ns_, late_ns) : 0;
    if (has_begun && late_ns > buffer_ns_ && late_ns > late_.late_ns) {
      if (late_.came_at == 0) top_ns_ = level_ns_;
      late_ = {.came_at = now_at, .late_ns = late_ns, .held_ns = held_ns};
      low_ns_ = level_ns_;
      risen_at_ = now_at;
    }
    taken_ns_ += period_ns;
    level_ns_ += period_ns;
    queued_ns_ += period_ns;
    holds_ns_ = std::max(holds_ns_, queued_ns_);
    if (full_ns_ - level_ns_ < period_ns / 2) behind_ns_ = 0;
    if (late_.came_at == 0) {
      full_ns_ = std::max(full_ns_, level_ns_);
    } else {
      if (level_ns_ > top_ns_ + period_ns / 8) risen_at_ = now_at;
      top_ns_ = std::max(top_ns_, level_ns_);
    }
    return over;
  }

 private:
  Pace(std::int64_t buffer_ns, std::int64_t holds_ns) : buffer_ns_(buffer_ns), holds_ns_(holds_ns) {}

  REFWAVE_AUDIO_THREAD std::optional<LateCallback> judge(std::int64_t period_ns) noexcept {
    LateCallback late = late_;
    late_ = {};
    const std::int64_t behind_ns = full_ns_ - top_ns_;
    full_ns_ = top_ns_;
    if (behind_ns <= std::max(period_ns / 4, std::min(kJitterNs, buffer_ns_ / 4))) return late;
    // Some servers fill their device seconds ahead, and then rest. Such a one may fill it less far ahead than
    // before, and has rested until then.
    const bool takes_less = top_ns_ - low_ns_ < holds_ns_ / 2 && late.late_ns <= holds_ns_ * 5 / 4;
    if (takes_less && holds_ns_ > 2 * buffer_ns_) {
      holds_ns_ = buffer_ns_;
      return std::nullopt;
    }
    late.lost_ns = behind_ns;
    return late;
  }

  static constexpr std::int64_t kClockTolerance = 1'000;
  static constexpr std::int64_t kJitterNs = 2'000'000;
  static constexpr std::int64_t kStartNs = 200'000'000;
  static constexpr std::int64_t kSettledNs = 60'000'000;  // for so long the level rises no more

  std::int64_t buffer_ns_;
  std::int64_t holds_ns_;       // has been seen to hold
  std::int64_t queued_ns_ = 0;  // at most, by the clock
  std::int64_t behind_ns_ = 0;
  std::int64_t last_at_ = 0;   // the newest callback
  std::int64_t taken_ns_ = 0;  // since the start
  std::int64_t level_ns_ = 0;  // taken, less the time that has passed
  std::int64_t full_ns_ = 0;   // its highest
  LateCallback late_{};        // that is not over; the latest of several in a row
  std::int64_t low_ns_ = 0;    // the level at it
  std::int64_t top_ns_ = 0;    // the highest since the first of them
  std::int64_t risen_at_ = 0;  // when it was reached
};

}  // namespace refwave::engine
