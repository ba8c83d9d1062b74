// The volume of one stream: one gain for each output channel. A gain moves in a straight line to a new
// target, so that no change is heard as a click. The audio thread owns it once its stream plays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/channel_map.h"
#include "dsp/format.h"

namespace refwave::dsp {

/// How long a change of volume takes.
inline constexpr std::uint32_t kRampMs = 10;

class Gain {
 public:
  /// Effects: unity on every channel of `out`; later targets are reached in `ramp_frames` (0: now).
  Gain(const Format& out, std::uint32_t ramp_frames) noexcept;

  /// Effects: speakers on the left move to `left`, and those on the right to `right`. All others (centre, low
  /// frequency, a mono device) move to the mean of both. Each starts from its present gain. Does nothing if
  /// the gains have these targets already, so it may be called every period.
  REFWAVE_AUDIO_THREAD void set_target(float left, float right) noexcept;

  /// Effects: as set_target(), without a ramp: for a stream that has not been heard yet.
  REFWAVE_AUDIO_THREAD void jump(float left, float right) noexcept;

  /// Effects: moves on by as many frames as the returned run has.
  /// Returns: the gains of the next frames: at most `frames`, and fewer where a ramp ends.
  REFWAVE_AUDIO_THREAD GainRun take(std::size_t frames) noexcept;

  bool ramping() const noexcept { return remaining_ != 0; }

 private:
  using Gains = std::array<float, kMaxChannels>;
  enum class Side : std::uint8_t { left, right, middle };

  REFWAVE_AUDIO_THREAD Gains now() const noexcept;

  std::uint32_t ramp_frames_;
  std::uint32_t remaining_ = 0;  // frames until the target is reached
  std::uint16_t channels_;
  float left_ = 1.0F;
  float right_ = 1.0F;
  std::array<Side, kMaxChannels> sides_ = {};
  Gains target_ = {1, 1, 1, 1, 1, 1, 1, 1};
  Gains slope_ = {};  // a frame, while remaining_ counts down
};

/// Effects: adds `frames` frames of `in` to `bus`, through the map and the gain, which moves on by `frames`.
/// At unity with an identity map no bit of a sample changes. `in`: as ChannelMap::add() takes it.
REFWAVE_AUDIO_THREAD void mix(const ChannelMap& map, Gain& gain, const float* in, float* bus,
                              std::size_t frames) noexcept;
REFWAVE_AUDIO_THREAD void mix(const ChannelMap& map, Gain& gain, const std::byte* in, float* bus,
                              std::size_t frames) noexcept;

}  // namespace refwave::dsp
