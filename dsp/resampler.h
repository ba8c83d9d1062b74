// Conversion of a stream of interleaved floats to another rate, by a polyphase filter (filter_design.h).
// Control threads make and destroy it, and one thread runs it. It counts the frames that it holds back, so
// that positions are exact. At a stream's end the caller feeds it silence.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "dsp/audio_thread.h"
#include "dsp/filter_bank.h"
#include "dsp/filter_design.h"
#include "dsp/format.h"
#include "dsp/kernels/kernels.h"
#include "dsp/speed/ratio.h"

namespace refwave::dsp {

class Resampler {
 public:
  /// Errors: null for a wrong number of channels, rates of zero or 256 times the other, or without memory.
  static std::unique_ptr<Resampler> make(std::uint16_t channels, std::uint32_t in_rate,
                                         std::uint32_t out_rate, Quality quality) noexcept;
  ~Resampler();

  /// Effects: makes up to `out_frames` frames out of up to `in_frames`. It takes no more of these than it
  /// needs. Returns: how many it took and made. It makes less than `out_frames` only if it used all input.
  REFWAVE_AUDIO_THREAD Step process(const float* in, std::size_t in_frames, float* out,
                                    std::size_t out_frames) noexcept;

  /// Returns: the input frames that so many output frames need and that it has not taken yet. process() takes
  /// them all, and makes these output frames.
  REFWAVE_AUDIO_THREAD std::size_t missing(std::size_t out_frames) const noexcept {
    const std::int64_t frames = out_frames == 0 ? 0 : frames_missing(static_cast<std::int64_t>(out_frames));
    return static_cast<std::size_t>(std::max<std::int64_t>(frames, 0));
  }

  /// Returns: input frames that it has taken and whose place in the output has not been made yet. Input frame
  /// n comes out at n * out_rate / in_rate. It includes the filter's own delay.
  REFWAVE_AUDIO_THREAD double delay_frames() const noexcept;

  /// Returns: frames of silence to feed after the last frame, until that frame's place in the output has
  /// been made. Stop at frames_in * out_rate / in_rate output frames to keep the length exact. The filter's
  /// ringing comes after this length.
  REFWAVE_AUDIO_THREAD std::size_t tail_frames() const noexcept { return bank_->key.shape.half_frames + 1; }

  /// Effects: discards the frames that it holds. The next frame is a stream's first.
  REFWAVE_AUDIO_THREAD void reset() noexcept;

 private:
  Resampler(std::uint16_t channels, std::uint32_t in_rate, std::uint32_t out_rate, SharedBank bank) noexcept;
  bool make_room() noexcept;

  REFWAVE_AUDIO_THREAD std::int64_t frames_ready() const noexcept;
  REFWAVE_AUDIO_THREAD std::int64_t frames_missing(std::int64_t out_frames) const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t append(const float* in, std::size_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void make_groups(float* out, std::size_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void make_between_rows(float* out, std::size_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void move_on(std::size_t frames) noexcept;

  const std::size_t channels_;
  const std::uint32_t in_rate_;  // both in lowest terms
  const std::uint32_t out_rate_;
  const SharedBank bank_;
  const Kernels& kernels_;
  Floats blend_;  // one row, of a bank that is read between its rows

  // The input, channel by channel: of each, there is room for `capacity_` samples, of which those to end_ are
  // held. The next output frame's row lies over those from begin_ on. Its place is phase_ / out_rate_ of an
  // input frame after that on which the row's middle lies. A group's coefficients may lie over samples before
  // begin_, and over room after end_ where they are zeros: so `stride_` is somewhat more.
  Floats history_;
  std::size_t capacity_ = 0;
  std::size_t stride_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint32_t phase_ = 0;
  std::uint32_t frame_ = 0;  // of the cycle, where the bank has groups
};

}  // namespace refwave::dsp
