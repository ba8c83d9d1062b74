// Conversion between the bytes of a client or a device and the mix, which is float at full scale 1; and the
// level of samples. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/format.h"

namespace refwave::dsp {

/// A client's floats are cut at ± this limit (60 dB over full scale), so that no sum overflows.
inline constexpr float kFloatLimit = 1024.0F;

/// Reads `samples` samples at `in` (any alignment, not overlapping `out`).
/// Integers are divided by 2^(bits - 1) and so lie in [-1, 1); s32 is rounded to float's 24 bits, which may
/// give 1. Floats are copied bit for bit; NaN and infinity become 0, and ±kFloatLimit is the limit.
using Decode = REFWAVE_AUDIO_THREAD void (*)(const std::byte* in, float* out, std::size_t samples) noexcept;

/// Writes `samples` samples to `out` (any alignment, not overlapping `in`). Integers are multiplied by
/// 2^(bits - 1), rounded to nearest (ties to even) and saturated. Floats are saturated to [-1, 1], because
/// devices and clients differ in what they do with greater values. NaN becomes 0. A sample of 24 bits or
/// fewer that is decoded, and encoded to the same or a wider type, loses no bit.
using Encode = REFWAVE_AUDIO_THREAD void (*)(const float* in, std::byte* out, std::size_t samples) noexcept;

/// Returns: the function for a type, which is the audio thread's. Thread: control.
Decode decoder(SampleType type) noexcept;
Encode encoder(SampleType type) noexcept;

/// The level of some samples, to which more can be added.
struct Level {
  float peak = 0;      // the greatest |x|; 1 is full scale
  double squares = 0;  // the sum of x * x
  std::uint64_t samples = 0;
};

using Measure = REFWAVE_AUDIO_THREAD void (*)(const std::byte* in, std::size_t samples,
                                              Level& level) noexcept;

/// Returns: how many of these floats are NaN or infinite, which decoding turns into silence.
using CountNonFinite = REFWAVE_AUDIO_THREAD std::size_t (*)(const std::byte* in,
                                                            std::size_t samples) noexcept;

/// Returns: as decoder().
Measure measurer(SampleType type) noexcept;
/// Null for integers, which are all finite.
CountNonFinite non_finite_counter(SampleType type) noexcept;

}  // namespace refwave::dsp
