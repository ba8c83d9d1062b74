// What the kernels of the resampler work on: a bank of filters, one row of coefficients for each place
// between two input frames, and a window on the input. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::dsp {

/// A row's length is a multiple of this many coefficients, so that both of its halves are whole vectors.
inline constexpr std::size_t kRowUnit = 16;

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
/// the samples under it, added from the row's ends to its middle, where the large ones are, so that float's
/// rounding errors stay small.
///
/// Of a bank with a row for every phase, row n is that of phase n. A bank that is read between its rows has
/// rows_a_frame + 3 of them: row n is for place (n - 1) / rows_a_frame, and a place between two rows gets the
/// cubic through the four that are nearest (Lagrange).
using FilterRows = void (*)(const FilterRun& run, float* out, std::size_t frames) noexcept;

}  // namespace refwave::dsp
