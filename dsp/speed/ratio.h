// A ratio of two speeds, the range of playback rate and pitch, and what one call has done. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::dsp {

/// Input frames for each output frame, in units of 2^-32.
using Ratio = std::uint64_t;

/// What a client sets: a playback rate or a pitch, in units of 2^-16. Windows documentation:
/// "waveOutSetPlaybackRate function", "waveOutSetPitch function".
using Factor = std::uint32_t;
inline constexpr Factor kUnity = 0x1'0000;
inline constexpr Factor kLeastFactor = kUnity / 4;
inline constexpr Factor kGreatestFactor = kUnity * 4;

/// Frames that one call took and made.
struct Step {
  std::size_t in_used = 0;
  std::size_t out_made = 0;
};

}  // namespace refwave::dsp
