// A ratio of two speeds, and the range in which a client may choose a playback rate and a pitch. Plain
// values.
#pragma once

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

}  // namespace refwave::dsp
