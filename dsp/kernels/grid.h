// The kernels that encode to integers where some bits are lost: to fewer bits than a sample has room for, and
// with dither.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::dsp {

/// Integers of so many bits, 8 to 31, at the upper end of a sample.
struct Grid {
  int bits = 16;
  bool dithered = false;
  std::uint32_t first = 0;  // the number of the first sample, from which the noise follows
};

/// Effects: as Encode, rounded to the grid. Dither is noise of triangular distribution (TPDF), from -1 to 1
/// step of the grid: the difference of two even distributions, and for each sample another one. With it the
/// mean and the variance of the rounding error do not depend on the sound (S. P. Lipshitz, R. A. Wannamaker,
/// J. Vanderkooy, "Quantization and Dither: A Theoretical Survey", J. Audio Eng. Soc. 40, 1992).
using EncodeOnGrid = REFWAVE_AUDIO_THREAD void (*)(const float* in, std::byte* out, std::size_t samples,
                                                   const Grid& grid) noexcept;

/// Returns: whether integers of so many bits hold all samples as they are, apart from those beyond full
/// scale.
using IsOnGrid = REFWAVE_AUDIO_THREAD bool (*)(const float* in, std::size_t samples, int bits) noexcept;

}  // namespace refwave::dsp
