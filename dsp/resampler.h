// Conversion of a stream of interleaved floats to another rate, by libsamplerate. Control threads make and
// destroy it, and one thread runs it. It counts the frames that it holds back, so that positions stay true.
// It does not know when a stream ends: feed it silence then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "dsp/audio_thread.h"
#include "dsp/format.h"

struct SRC_STATE_tag;  // libsamplerate's

namespace refwave::dsp {

enum class Quality : std::uint8_t { fastest, medium, best };

class Resampler {
 public:
  /// Errors: null if the rates or channels are beyond libsamplerate (ratio over 256) or memory ran out.
  static std::unique_ptr<Resampler> make(std::uint16_t channels, std::uint32_t in_rate,
                                         std::uint32_t out_rate, Quality quality) noexcept;
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  /// Frames that one call took and made.
  struct Step {
    std::size_t in_used = 0;
    std::size_t out_made = 0;
  };

  /// Effects: makes up to `out_frames` frames out of up to `in_frames`. It takes no more of these than it
  /// needs. Returns: how many it took and made. It makes less than `out_frames` only if it used all input.
  REFWAVE_AUDIO_THREAD Step process(const float* in, std::size_t in_frames, float* out,
                                    std::size_t out_frames) noexcept;

  /// Returns: input frames that it has taken and whose place in the output has not been made yet. Input
  /// frame n comes out at n * out_rate / in_rate. The filter's own delay is inside this number, and there
  /// is no other delay.
  REFWAVE_AUDIO_THREAD double delay_frames() const noexcept;

  /// Returns: frames of silence to feed after the last frame, until that frame's place in the output has
  /// been made. Stop at frames_in * out_rate / in_rate output frames to keep the length exact. The filter's
  /// ringing comes after this length.
  REFWAVE_AUDIO_THREAD std::size_t tail_frames() const noexcept { return lead_frames_; }

  /// Effects: forgets the frames that it holds. The next frame is a stream's first.
  REFWAVE_AUDIO_THREAD void reset() noexcept;

 private:
  Resampler(SRC_STATE_tag* state, std::uint16_t channels, std::uint32_t in_rate,
            std::uint32_t out_rate) noexcept;
  REFWAVE_AUDIO_THREAD std::size_t frames_needed_for(std::size_t out_frames) const noexcept;
  void measure_lead() noexcept;

  SRC_STATE_tag* state_;
  std::uint16_t channels_;
  std::int64_t in_rate_;
  std::int64_t out_rate_;
  std::size_t lead_frames_ = 1;  // frames in until the first comes out
  /// Frames in * out_rate - frames out * in_rate: what is held back, exact however long the stream runs.
  std::int64_t balance_ = 0;
};

}  // namespace refwave::dsp
