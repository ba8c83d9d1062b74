// The inner loops of dsp, each compiled several times from one source, for several sets of vector
// instructions (Highway's targets). A control thread asks for the set that this processor runs; the functions
// in it are the audio thread's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/conversion.h"
#include "dsp/format.h"

namespace refwave::dsp {

/// Output channel c has `start[c]` at the first frame and `slope[c]` more each frame; by default unity.
struct GainRun {
  std::size_t frames = 0;
  std::array<float, kMaxChannels> start = {1, 1, 1, 1, 1, 1, 1, 1};
  std::array<float, kMaxChannels> slope = {};
};

/// Effects: adds samples times one gain to as many on the bus.
using AddSamples = REFWAVE_AUDIO_THREAD void (*)(const std::byte* in, float* bus, std::size_t samples,
                                                 float gain) noexcept;

/// Effects: adds frames times the run's gains to as many stereo frames on the bus.
using AddFrames = REFWAVE_AUDIO_THREAD void (*)(const std::byte* in, float* bus, std::size_t frames,
                                                const GainRun& gain) noexcept;

/// The kernels for one type of samples at `in`. At a gain of 1 a sample is added unchanged. At other gains
/// the processor decides whether the product is rounded before the sum.
struct Adders {
  AddSamples samples;
  AddFrames stereo;          // left to left, right to right
  AddFrames mono_to_stereo;  // to both
};

/// How loudly each output channel hears each input channel.
struct Matrix {
  using Row = std::array<float, kMaxChannels>;

  std::size_t in_channels = 0;
  std::size_t out_channels = 0;
  std::array<Row, kMaxChannels> rows = {};  // [in][out]
};

/// Effects: adds frames times the matrix, times the gains, to the bus. `first`: the first frame's place.
using AddMapped = REFWAVE_AUDIO_THREAD void (*)(const float* in, float* bus, std::size_t frames,
                                                const Matrix& matrix, const GainRun& gain,
                                                std::size_t first) noexcept;

/// Integers of 8 to 31 bits at the upper end of a sample.
struct Grid {
  int bits = 16;
  bool dithered = false;
  std::uint32_t first = 0;  // the number of the first sample, from which the noise follows
};

/// Effects: as Encode, rounded to the grid. Dither is noise of triangular distribution (TPDF), from -1 to 1
/// step of the grid: the difference of two uniform distributions, new for each sample. With it the mean and
/// the variance of the rounding error do not depend on the sound (S. P. Lipshitz, R. A. Wannamaker, J.
/// Vanderkooy, "Quantization and Dither: A Theoretical Survey", J. Audio Eng. Soc. 40, 1992).
using EncodeOnGrid = REFWAVE_AUDIO_THREAD void (*)(const float* in, std::byte* out, std::size_t samples,
                                                   const Grid& grid) noexcept;

/// Returns: whether integers of so many bits hold all samples exactly, apart from those beyond full scale.
using IsOnGrid = REFWAVE_AUDIO_THREAD bool (*)(const float* in, std::size_t samples, int bits) noexcept;

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

/// Effects: deinterleaves frames; each channel begins `stride` samples after the one before.
using Separate = REFWAVE_AUDIO_THREAD void (*)(const float* in, std::size_t frames, std::size_t channels,
                                               float* out, std::size_t stride) noexcept;

/// The path of a run of output frames along the input. An output frame's place is an input frame and `phase`
/// / `phases` of the way to the next one. The frame after it is `whole` frames and `part` phases further on.
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

struct Kernels {
  std::int64_t target;

  std::array<Decode, kSampleTypes> decode;  // these three in SampleType's order
  std::array<Encode, kSampleTypes> encode;
  std::array<Adders, kSampleTypes> add;
  AddMapped add_mapped;
  std::array<EncodeOnGrid, 4> encode_on_grid;  // of the integers
  IsOnGrid is_on_grid;
  std::array<Measure, kSampleTypes> measure;
  CountNonFinite count_non_finite_f32;
  CountNonFinite count_non_finite_f64;
  std::size_t group_frames;
  ApplyGroup filter_group;
  Separate separate;
  FilterRows filter_between_rows;
};

/// Returns: the kernels of the processor's best target, static. The first call asks it. Thread: control.
const Kernels& kernels() noexcept;

}  // namespace refwave::dsp
