// The due times of a clocked device's periods, and their lateness. Arithmetic only: it reads no clock.
#pragma once

#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

/// A period's lateness, as Period reports it.
struct Beat {
  std::int64_t lateness_ns = 0;
  bool reanchored = false;
};

/// The schedule of one run of a clock. Up to real time, a period that begins more than kAnchorPeriods late
/// restarts the schedule, because the missed periods would otherwise follow in a burst. Faster than real
/// time, periods have no deadline: the clock restarts without a report.
class Pacer {
 public:
  static constexpr double kAnchorPeriods = 4.0;

  /// `speed`: device seconds for each second, above 0.
  Pacer(double period_ns, double speed, std::int64_t now_ns)
      : period_ns_(period_ns / speed), punctual_(speed <= 1.0), anchor_ns_(now_ns) {}

  /// Returns: the beat of the period that begins now; the next one is due a period after it was.
  REFWAVE_AUDIO_THREAD Beat begin(std::int64_t now_ns) noexcept {
    const std::int64_t late_ns = now_ns > due_ns() ? now_ns - due_ns() : 0;
    const bool lost_the_beat = static_cast<double>(late_ns) > kAnchorPeriods * period_ns_;
    if (lost_the_beat) {
      anchor_ns_ = now_ns;
      index_ = 0;
    }
    ++index_;
    return punctual_ ? Beat{late_ns, lost_the_beat} : Beat{};
  }

  /// Returns: when the next period is due, in ns of the monotonic clock.
  REFWAVE_AUDIO_THREAD std::int64_t due_ns() const noexcept {
    return anchor_ns_ + static_cast<std::int64_t>(static_cast<double>(index_) * period_ns_);
  }

 private:
  double period_ns_;
  bool punctual_;
  std::int64_t anchor_ns_;
  std::uint64_t index_ = 0;
};

}  // namespace refwave::hal
