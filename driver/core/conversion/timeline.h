// Maps output frames to client frames under a changing playback rate: the newest points of a polyline.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

class Timeline {
 public:
  /// Effects: frame 0 is the client's frame `position`.
  REFWAVE_AUDIO_THREAD void begin(double position) noexcept {
    marks_[0] = {.made = 0, .position = position};
    count_ = 1;
  }

  /// Effects: adds a point: after `made` frames comes the client's frame `position`. A position never runs
  /// back; it stands still where silence inside counted as the client's.
  REFWAVE_AUDIO_THREAD void add(std::uint64_t made, double position) noexcept {
    Mark& last = mark(count_ - 1);
    position = std::max(position, last.position);
    if (made == last.made) {
      last.position = position;
      return;
    }
    // On the extended line through the last two points.
    const bool goes_on = count_ > 1 && std::abs(beyond(made) - position) < kSame;
    if (!goes_on) ++count_;
    mark(count_ - 1) = {.made = made, .position = position};
  }

  /// `made`: up to the last one added.
  REFWAVE_AUDIO_THREAD double position_at(double made) const noexcept {
    const std::size_t first = count_ > kMarks ? count_ - kMarks : 0;
    if (made >= static_cast<double>(mark(count_ - 1).made)) return mark(count_ - 1).position;
    for (std::size_t i = count_ - 1; i > first; --i) {
      const Mark& from = mark(i - 1);
      if (made < static_cast<double>(from.made)) continue;
      const Mark& to = mark(i);
      const double share = (made - static_cast<double>(from.made)) / static_cast<double>(to.made - from.made);
      return from.position + share * (to.position - from.position);
    }
    return before_oldest(first, static_cast<double>(mark(first).made) - made);
  }

 private:
  struct Mark {
    std::uint64_t made = 0;
    double position = 0;
  };
  static constexpr std::size_t kMarks = 128;
  static constexpr double kSame = 1e-3;  // frames

  REFWAVE_AUDIO_THREAD Mark& mark(std::size_t i) noexcept { return marks_[i % kMarks]; }
  REFWAVE_AUDIO_THREAD const Mark& mark(std::size_t i) const noexcept { return marks_[i % kMarks]; }

  /// Returns: the client's frame that many frames before the oldest point. Before the first of all the rate
  /// was one; otherwise the line through the two oldest is extended.
  REFWAVE_AUDIO_THREAD double before_oldest(std::size_t first, double frames) const noexcept {
    const Mark& oldest = mark(first);
    if (first == 0) return oldest.position - frames;
    const Mark& next = mark(first + 1);
    const double slope = (next.position - oldest.position) / static_cast<double>(next.made - oldest.made);
    return oldest.position - slope * frames;
  }

  REFWAVE_AUDIO_THREAD double beyond(std::uint64_t made) const noexcept {
    const Mark& from = mark(count_ - 2);
    const Mark& to = mark(count_ - 1);
    const double slope = (to.position - from.position) / static_cast<double>(to.made - from.made);
    return to.position + slope * static_cast<double>(made - to.made);
  }

  std::array<Mark, kMarks> marks_{};
  std::size_t count_ = 1;  // of all that were ever added
};

}  // namespace refwave::core
