// Changes a stream's playback rate and pitch, directly on the client's frames, so that a change of devices
// does not affect it. Made by a control thread at the client's first request; then used by the lock's owner.
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
  SpeedStage(const dsp::Format& client, std::unique_ptr<dsp::Speed> speed) noexcept;

  dsp::BankKey filter_key(dsp::Factor rate, dsp::Factor pitch) const noexcept {
    return speed_->filter_key(rate, pitch);
  }
  /// Thread: control, one at a time.
  bool prepare(dsp::Factor rate, dsp::Factor pitch) noexcept { return speed_->prepare(rate, pitch); }

  /// Effects: the stream plays through it, from frame `position` on. This and all below: the lock's owner.
  REFWAVE_AUDIO_THREAD void begin(std::uint64_t position) noexcept;
  REFWAVE_AUDIO_THREAD void set(dsp::Factor rate, dsp::Factor pitch) noexcept;
  /// Returns: the client's frames for each frame made.
  REFWAVE_AUDIO_THREAD double rate() const noexcept { return rate_; }

  /// Effects: makes up to `frames` frames. `pull(to, n)` decodes up to n of the client's; silence follows the
  /// last one until all have come out. Returns: frames made.
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

  REFWAVE_AUDIO_THREAD bool holds_frames() const noexcept { return inside() > 0; }

  /// Effects: all that was made lies before `position`, the client's frames taken so far.
  REFWAVE_AUDIO_THREAD void note(std::uint64_t position) noexcept {
    line_.add(made_, static_cast<double>(position) - std::max(inside(), 0.0));
  }
  /// Returns: the client's position `after` frames before the last one made.
  REFWAVE_AUDIO_THREAD double position_before(double after) const noexcept {
    return line_.position_at(static_cast<double>(made_) - after);
  }

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

/// What a client requests, and what the stream still needs for it.
struct SpeedRequest {
  dsp::Factor rate = dsp::kUnity;
  dsp::Factor pitch = dsp::kUnity;
  dsp::Quality quality = dsp::Quality::medium;
  dsp::Format client;
  bool needs_stage = false;
  std::optional<dsp::BankKey> filter;  // of the stage that the stream has

  friend bool operator==(const SpeedRequest&, const SpeedRequest&) = default;
};

/// What the request needs. Made without the stream, because a filter takes milliseconds.
struct SpeedParts {
  SpeedRequest request;
  std::unique_ptr<SpeedStage> stage;
  dsp::SharedBank filter;
};

/// Errors: none, without memory. Thread: control, without the stream's mutex.
std::optional<SpeedParts> make_speed_parts(const SpeedRequest& request) noexcept;

}  // namespace refwave::core
