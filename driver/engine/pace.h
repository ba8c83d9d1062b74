// Whether a device without a schedule of its own has run out of sound. Sound servers then play silence, and
// report nothing. Two facts must agree: a callback came after the device's buffer, or the far longer queue
// that its server reported, had run out; and afterwards the sound is behind the clock, while a device that
// still had sound takes in one burst what it missed. Misses gaps of up to half the buffer. Reads no clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "dsp/audio_thread.h"

namespace refwave::engine {

/// A late callback, or several in a row, known when the device is full again.
struct LateCallback {
  std::int64_t began_at = 0;  // the first was due
  std::int64_t came_at = 0;
  std::int64_t late_ns = 0;  // of the latest
  std::int64_t lost_ns = 0;  // of sound; 0: the device still had some
  std::int64_t held_ns = 0;  // how long its thread was held before
};

class Pace {
 public:
  /// `buffer_ns`: what the device holds, by its own account.
  explicit Pace(std::int64_t buffer_ns = 0) : buffer_ns_(buffer_ns), had_ns_(buffer_ns) {}

  /// Returns: how late it was at most since it was full, and so how much it may take in one burst.
  REFWAVE_AUDIO_THREAD std::int64_t behind_ns() const noexcept { return behind_ns_; }
  /// Returns: whether the device is not yet full again after a late callback.
  REFWAVE_AUDIO_THREAD bool is_settling() const noexcept { return late_.came_at != 0; }
  /// Effects: forgets the device's level. For pauses, in which its queue may be shorter.
  REFWAVE_AUDIO_THREAD void restart() noexcept {
    const std::int64_t taken_ns = taken_ns_;
    *this = Pace(buffer_ns_);
    taken_ns_ = taken_ns;
  }

  /// Effects: notes a callback for a period. `queued_ns`: what the device has by its own account. `held_ns`:
  /// how long its thread was held before. Returns: a late callback whose consequences are known now.
  REFWAVE_AUDIO_THREAD std::optional<LateCallback> take(std::int64_t now_at, std::int64_t period_ns,
                                                        std::int64_t queued_ns,
                                                        std::int64_t held_ns = 0) noexcept {
    const std::int64_t passed_ns = last_at_ != 0 ? now_at - last_at_ : 0;
    last_at_ = now_at;
    level_ns_ -= passed_ns;
    // The device's clock may be slower than ours.
    full_ns_ -= passed_ns / kClockTolerance;
    std::optional<LateCallback> over;
    if (is_settling() && now_at - risen_at_ > std::max(buffer_ns_, kSettledNs)) over = judge();
    // Part of what the server counts is already with the hardware, at most as much as the stream's buffer:
    // new sound that comes before its end still leaves a gap.
    const std::int64_t silent_ns = passed_ns - std::max(buffer_ns_, had_ns_ - buffer_ns_);
    const bool is_silent = silent_ns > std::max(period_ns / 4, kJitterNs);
    // A server may rest at the start. That is no loss, but then it may take in one burst what streams have.
    const bool has_begun = taken_ns_ > 2 * buffer_ns_ + kStartNs;
    if (!has_begun && !is_silent && !is_settling()) full_ns_ = level_ns_;
    behind_ns_ = std::max(behind_ns_, full_ns_ - level_ns_);
    if (is_silent) {
      const std::int64_t late_ns = std::max(passed_ns - period_ns, std::int64_t{0});
      if (!is_settling()) {
        late_.began_at = now_at - late_ns;
        top_ns_ = level_ns_;
        may_lose_ = has_begun;
      }
      late_.came_at = risen_at_ = now_at;
      // If the whole queue has run out, the silence was at least so long; else silent_ns is the most.
      late_.lost_ns += passed_ns > had_ns_ ? std::min(silent_ns, passed_ns - had_ns_) : silent_ns;
      if (late_ns > late_.late_ns) late_.held_ns = held_ns;
      late_.late_ns = std::max(late_.late_ns, late_ns);
    }
    taken_ns_ += period_ns;
    level_ns_ += period_ns;
    had_ns_ = queued_ns + period_ns;
    if (full_ns_ - level_ns_ < period_ns / 2) behind_ns_ = 0;
    if (!is_settling()) {
      full_ns_ = std::max(full_ns_, level_ns_);
    } else {
      if (level_ns_ > top_ns_ + period_ns / 8) risen_at_ = now_at;
      top_ns_ = std::max(top_ns_, level_ns_);
    }
    return over;
  }

 private:
  REFWAVE_AUDIO_THREAD LateCallback judge() noexcept {
    LateCallback late = late_;
    late_ = {};
    const std::int64_t behind_ns = full_ns_ - top_ns_;
    full_ns_ = top_ns_;
    late.lost_ns = may_lose_ && behind_ns >= std::max(kLeastNs, late.lost_ns / 2) ? behind_ns : 0;
    return late;
  }

  static constexpr std::int64_t kClockTolerance = 1'000;
  static constexpr std::int64_t kJitterNs = 2'000'000;
  static constexpr std::int64_t kLeastNs = 5'000'000;
  static constexpr std::int64_t kStartNs = 200'000'000;
  static constexpr std::int64_t kSettledNs = 60'000'000;  // for so long the level rises no more

  std::int64_t buffer_ns_;
  std::int64_t had_ns_;  // by the server's account, after the newest callback
  std::int64_t behind_ns_ = 0;
  std::int64_t last_at_ = 0;   // the newest callback
  std::int64_t taken_ns_ = 0;  // since the start
  std::int64_t level_ns_ = 0;  // taken, less the time that has passed
  std::int64_t full_ns_ = 0;   // its highest
  LateCallback late_{};        // that is not over
  bool may_lose_ = false;      // it was not at the start
  std::int64_t top_ns_ = 0;    // the highest level since it came
  std::int64_t risen_at_ = 0;  // when it was reached
};

}  // namespace refwave::engine
