// How much of the input the frames between two stages stand for, where the first stage has stretched each of
// them by another factor. One thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "dsp/audio_thread.h"

namespace refwave::dsp {

class Durations {
 public:
  /// Effects: the first stage has made `frames` frames more, out of `input` frames' time.
  REFWAVE_AUDIO_THREAD void add(std::size_t frames, double input) noexcept {
    if (frames == 0) return;
    const auto count = static_cast<double>(frames);
    Run& last = run(count_ - 1);
    if (count_ != 0 && std::abs(last.input / last.frames - input / count) < kSame) {
      last.frames += count;
      last.input += input;
      return;
    }
    run(count_++) = {.frames = count, .input = input};
  }

  /// Returns: the input frames that the last `frames` frames stand for. Older ones than it knows count as the
  /// oldest that it knows.
  REFWAVE_AUDIO_THREAD double of_last(double frames) const noexcept {
    const std::size_t first = count_ > kRuns ? count_ - kRuns : 0;
    double sum = 0;
    double each = 1;
    for (std::size_t i = count_; i > first && frames > 0; --i) {
      const Run& run = runs_[(i - 1) % kRuns];
      const double taken = std::min(frames, run.frames);
      each = run.input / run.frames;
      sum += taken * each;
      frames -= taken;
    }
    return sum + std::max(frames, 0.0) * each;
  }

  REFWAVE_AUDIO_THREAD void clear() noexcept { count_ = 0; }

 private:
  struct Run {
    double frames = 0;
    double input = 0;
  };
  static constexpr std::size_t kRuns = 64;  // a segment makes two at most
  static constexpr double kSame = 1e-9;

  REFWAVE_AUDIO_THREAD Run& run(std::size_t i) noexcept { return runs_[i % kRuns]; }

  std::array<Run, kRuns> runs_{};
  std::size_t count_ = 0;  // of all that were ever added
};

}  // namespace refwave::dsp
