// Where a sound goes on most like another one: how like two pieces are, and the place of the best joint to a
// fraction of a frame. Pure functions for the audio thread.
#pragma once

#include <cstddef>

#include "dsp/audio_thread.h"
#include "dsp/speed/fractional_delay.h"

namespace refwave::dsp {

/// Frames by which refined_joint() may move a joint.
inline constexpr std::size_t kMostRefined = 3;

/// Returns: how like `other` is to `one`: their product, as if both were equally loud. Between -|one| and
/// |one|.
REFWAVE_AUDIO_THREAD float likeness(const float* one, const float* other, std::size_t count) noexcept;

/// Returns: by how many frames after `sound` the sound that is most like `pattern` begins. Less than
/// kMostRefined to either side; near `about` if the two are too unlike to tell. For a sound that repeats, the
/// place is exact as far as the filter is. Frames are interleaved, `frames` of them in the pattern. `slope`:
/// room for as many.
REFWAVE_AUDIO_THREAD double refined_joint(const FractionalDelay& filter, const float* pattern, float* slope,
                                          const float* sound, std::size_t channels, std::size_t frames,
                                          double about) noexcept;

}  // namespace refwave::dsp
