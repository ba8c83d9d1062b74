// The playback rate and the pitch of one stream. A stream is first stretched by its pitch, and then played
// faster by rate times pitch: so the rate changes both pitch and duration, and the pitch changes the pitch
// alone. Both may change while it runs. Control threads make and prepare it; one thread at a time runs it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "dsp/audio_thread.h"
#include "dsp/speed/ratio.h"
#include "dsp/speed/time_stretch.h"
#include "dsp/speed/varispeed.h"

namespace refwave::dsp {

/// The input time of frames between two stages, stretched by changing factors. One thread at a time.
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

class Speed {
 public:
  /// Returns: null without memory. `rate`: of the stream, in frames a second. Thread: control.
  static std::unique_ptr<Speed> make(std::uint16_t channels, std::uint32_t rate, Quality quality) noexcept;

  /// Returns: what distinguishes the filter that these need. Thread: any.
  BankKey filter_key(Factor rate, Factor pitch) const noexcept {
    return varispeed_->key_for(Ratio{rate} * pitch);
  }

  /// Effects: makes what set() needs for these, as Varispeed::prepare(). Returns: false without memory.
  /// Thread: control, one at a time; others may run the object meanwhile.
  bool prepare(Factor rate, Factor pitch) noexcept;

  /// Effects: rate and pitch from now on, which prepare() has met before; immediately before the first frame,
  /// and within a few milliseconds later. At unity frames come out as they came in.
  REFWAVE_AUDIO_THREAD void set(Factor rate, Factor pitch) noexcept;

  /// Effects: makes up to `out_frames` frames out of up to `in_frames`; less only if it used all input.
  REFWAVE_AUDIO_THREAD Step process(const float* in, std::size_t in_frames, float* out,
                                    std::size_t out_frames) noexcept;

  /// Returns: about how many more input frames some of the next `out_frames` need.
  REFWAVE_AUDIO_THREAD std::size_t missing(std::size_t out_frames) noexcept;

  /// Returns: input frames that it has taken and that have not come out.
  REFWAVE_AUDIO_THREAD double delay_frames() const noexcept;

  /// Effects: discards the frames that it holds. The next frame is a stream's first.
  REFWAVE_AUDIO_THREAD void reset() noexcept;
  /// Effects: as reset(), but unknown frames precede the next one. Rate and pitch are unity so far.
  REFWAVE_AUDIO_THREAD void begin_inside() noexcept;

 private:
  static constexpr std::size_t kMiddleFrames = 256;

  Speed(std::uint16_t channels, std::unique_ptr<TimeStretch> stretch, std::unique_ptr<Varispeed> varispeed,
        Floats middle) noexcept;

  REFWAVE_AUDIO_THREAD bool fill_middle(const float* in, std::size_t in_frames, std::size_t out_frames,
                                        Step& done) noexcept;

  const std::size_t channels_;
  const std::unique_ptr<TimeStretch> stretch_;
  const std::unique_ptr<Varispeed> varispeed_;
  const Floats middle_;  // frames between the two
  std::size_t middle_at_ = 0;
  std::size_t middle_end_ = 0;
  Durations middle_durations_;
};

}  // namespace refwave::dsp
