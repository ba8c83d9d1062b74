// What a clocked line's sound goes to, or comes from, besides its callbacks. The line's audio thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dsp/audio_thread.h"

namespace refwave::hal {

/// Takes what a line has rendered.
class PeriodSink {
 public:
  virtual ~PeriodSink() = default;
  /// Effects: takes a period that was rendered. `used_frames`: as AudioCallback::used_frames.
  REFWAVE_AUDIO_THREAD virtual void push(std::span<const std::byte> period,
                                         std::uint32_t used_frames) noexcept = 0;
  /// Effects: returns when all pushed periods are where they belong, or at the deadline. Thread: control.
  virtual void flush(std::chrono::steady_clock::time_point deadline) = 0;
};

/// Has what a line is to record.
class PeriodSource {
 public:
  virtual ~PeriodSource() = default;
  /// Effects: fills the period, if there is so much. Returns: whether it has.
  REFWAVE_AUDIO_THREAD virtual bool peek(std::span<std::byte> period) noexcept = 0;
  /// Effects: the next period begins so many frames after this one.
  REFWAVE_AUDIO_THREAD virtual void advance(std::uint32_t frames) noexcept = 0;
};

}  // namespace refwave::hal
