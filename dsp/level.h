// How loud samples are, and how many of them are no sound. Plain values and pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/format.h"

namespace refwave::dsp {

/// What was found in a number of samples; more can be added to it.
struct Level {
  float peak = 0;      // the greatest |x|; 1 is full scale
  double squares = 0;  // the sum of x * x
  std::uint64_t samples = 0;
};

/// Effects: adds `samples` samples at `in` to `level`.
using Measure = REFWAVE_AUDIO_THREAD void (*)(const std::byte* in, std::size_t samples,
                                              Level& level) noexcept;

/// Returns: how many of these floats are NaN or infinite. Decoding makes silence of them.
using CountNonFinite = REFWAVE_AUDIO_THREAD std::size_t (*)(const std::byte* in,
                                                            std::size_t samples) noexcept;

/// Returns: the function for a type, which is the audio thread's. Thread: control.
Measure measurer(SampleType type) noexcept;
/// The same for samples of the mix.
Measure mix_measurer() noexcept;
/// Null for integers, which are all sound.
CountNonFinite non_finite_counter(SampleType type) noexcept;

}  // namespace refwave::dsp
