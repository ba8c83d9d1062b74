// A stream's change of playback rate and pitch: it lies between the client's frames and all that comes after
// them, at the client's rate and in the client's channels, so that no change of the device touches it. A
// control thread makes it when a client first asks for another rate or pitch. From the moment in which the
// playback state finds it, it is the lock's owner's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "driver/core/conversion/pipeline.h"
#include "driver/core/conversion/timeline.h"
#include "dsp/speed/speed.h"

namespace refwave::core {

class SpeedStage {
 public:
  /// Thread: control.
  SpeedStage(const dsp::Format& client, std::unique_ptr<dsp::Speed> speed) noexcept;

  /// Returns: as dsp::Speed::filter_key().
  dsp::BankKey filter_key(dsp::Factor rate, dsp::Factor pitch) const noexcept {
    return speed_->filter_key(rate, pitch);
  }
  /// Effects: as dsp::Speed::prepare(). Thread: control, one at a time.
  bool prepare(dsp::Factor rate, dsp::Factor pitch) noexcept { return speed_->prepare(rate, pitch); }

  /// Effects: the stream begins to play through it, after `position` of the client's frames. All functions
  /// from here on are the lock's owner's.
  REFWAVE_AUDIO_THREAD void begin(std::uint64_t position) noexcept;
  REFWAVE_AUDIO_THREAD void set(dsp::Factor rate, dsp::Factor pitch) noexcept;
  /// Returns: client's frames for each frame that it makes, as set last.
  REFWAVE_AUDIO_THREAD double rate() const noexcept { return rate_; }

  /// Effects: makes up to `frames` frames at `out`. `pull(to, n)` decodes up to n frames of the client's, and
  /// returns how many. After the last of them come frames of silence until all are out. Returns: frames made.
  template <typename Pull>
  REFWAVE_AUDIO_THREAD std::uint32_t make(float* out, std::uint32_t frames, Pull pull) noexcept {
    std::uint32_t made = 0;
    while (made < frames) {
      const std::uint32_t step = process(out + std::size_t{made} * channels_, frames - made);
      made += step;
      if (made == frames || held_ != 0) continue;
      const std::uint32_t wanted = wanted_frames(frames - made);
      held_ = pull(fed_.data(), wanted);
      held_at_ = 0;
      if (held_ != 0) {
        silence_ = 0;
      } else if (holds_frames()) {
        feed_silence(wanted);
      } else {
        break;
      }
    }
    made_ += made;
    return made;
  }

  /// Returns: whether frames of the client's are inside.
  REFWAVE_AUDIO_THREAD bool holds_frames() const noexcept { return inside() > 0; }

  /// Effects: notes that all that it made lies before `position`, the client's frames taken so far.
  REFWAVE_AUDIO_THREAD void note(std::uint64_t position) noexcept {
    line_.add(made_, static_cast<double>(position) - std::max(inside(), 0.0));
  }
  /// Returns: the client's position at the place that lies `after` frames before the last one that it made.
  REFWAVE_AUDIO_THREAD double position_before(double after) const noexcept {
    return line_.position_at(static_cast<double>(made_) - after);
  }

  /// Effects: forgets the frames inside; the next one is the first.
  REFWAVE_AUDIO_THREAD void reset() noexcept;

 private:
  REFWAVE_AUDIO_THREAD std::uint32_t process(float* out, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD std::uint32_t wanted_frames(std::uint32_t out_frames) noexcept;
  REFWAVE_AUDIO_THREAD void feed_silence(std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD double inside() const noexcept;

  const std::size_t channels_;
  const std::unique_ptr<dsp::Speed> speed_;
  double rate_ = 1;
  Scratch fed_{};
  std::uint32_t held_ = 0;  // frames in fed_ that were not taken, from held_at_ on
  std::uint32_t held_at_ = 0;
  std::uint64_t silence_ = 0;  // frames of silence since the last frame of the client's
  std::uint64_t made_ = 0;     // frames since the beginning
  Timeline line_;
};

/// What a client asks a stream for, and what the stream lacks for it. Plain values.
struct SpeedRequest {
  dsp::Factor rate = dsp::kUnity;
  dsp::Factor pitch = dsp::kUnity;
  dsp::Quality quality = dsp::Quality::medium;
  dsp::Format client;
  bool needs_stage = false;
  std::optional<dsp::BankKey> filter;  // of the stage that the stream has

  friend bool operator==(const SpeedRequest&, const SpeedRequest&) = default;
};

/// What a stream takes for such a request. It is made without the stream, because a filter takes
/// milliseconds.
struct SpeedParts {
  SpeedRequest request;
  std::unique_ptr<SpeedStage> stage;
  dsp::SharedBank filter;
};

/// Returns: none without memory. Thread: control, without the stream's mutex.
std::optional<SpeedParts> make_speed_parts(const SpeedRequest& request) noexcept;

}  // namespace refwave::core
