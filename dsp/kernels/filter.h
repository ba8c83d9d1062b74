// What the kernels of the resampler work on: a bank of filters, and a window on the input. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::dsp {

/// A row's length is a multiple of this many coefficients, so that both of its halves are whole vectors.
inline constexpr std::size_t kRowUnit = 16;

/// Some output frames that lie next to each other, with a filter for each in one lane of vectors: so they
/// share the loads of the input, and nothing is added across lanes. Coefficient k of frame n of the group is
/// at k * Kernels::group_frames + n, and all frames' coefficient k belongs to the same input frame.
struct FilterGroup {
  const float* coefficients;  // aligned to 64 bytes
  std::size_t taps;           // of each frame; a multiple of kTapsUnit
  std::size_t middle;         // taps in the middle among which are the large ones
  bool in_double;             // whether each product of these is added in double
  const float* window;        // the first channel's sample under the first coefficient
  std::size_t stride;         // from one channel to the next
  std::size_t channels;       // at least 1
  std::size_t first;          // the frames of the group that are wanted
  std::size_t frames;
};

/// A group's taps are a multiple of this.
inline constexpr std::size_t kTapsUnit = 4;

/// Effects: writes the wanted frames, interleaved. Each sample is the sum of a frame's coefficients times the
/// samples under them, added from both ends to the middle, where the large ones are, so that float's rounding
/// errors stay small. It does not depend on which frames are wanted.
using ApplyGroup = REFWAVE_AUDIO_THREAD void (*)(const FilterGroup& group, float* out) noexcept;

/// Effects: writes each channel of interleaved frames to a place of its own, `stride` samples from one to the
/// next.
using Separate = REFWAVE_AUDIO_THREAD void (*)(const float* in, std::size_t frames, std::size_t channels,
                                               float* out, std::size_t stride) noexcept;

/// The way of a run of output frames along the input. An output frame's place is an input frame and `phase` /
/// `phases` of the way to the next one. The frame after it is `whole` frames and `part` phases further on.
struct FilterRun {
  const float* rows;  // the bank; aligned to 64 bytes
  std::size_t row_length;
  std::uint32_t rows_a_frame;  // of a bank that is read between its rows
  float* blend;                // room for one row, aligned likewise

  const float* window;   // the first channel's samples under the first output frame's row
  std::size_t stride;    // from one channel to the next
  std::size_t channels;  // at least 1
  std::uint32_t phase;   // of the first output frame
  std::uint32_t phases;  // in an input frame
  std::uint32_t whole;   // from one output frame to the next
  std::uint32_t part;
};

/// Effects: writes `frames` interleaved output frames. Each sample is the sum of a row's coefficients times
/// the samples under it, added from the row's ends to its middle.
///
/// There are rows_a_frame + 3 rows: row n is for place (n - 1) / rows_a_frame, and a place between two rows
/// gets the cubic through the four that are nearest (Lagrange).
using FilterRows = REFWAVE_AUDIO_THREAD void (*)(const FilterRun& run, float* out,
                                                 std::size_t frames) noexcept;

}  // namespace refwave::dsp
