// The inner loops of dsp, each compiled several times from one source, for several sets of vector
// instructions (Highway's targets). A control thread asks for the set that this processor runs; the functions
// in it are the audio thread's.
#pragma once

#include <array>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/conversion.h"
#include "dsp/format.h"
#include "dsp/kernels/add.h"
#include "dsp/kernels/filter.h"
#include "dsp/kernels/grid.h"
#include "dsp/kernels/map.h"
#include "dsp/level.h"

namespace refwave::dsp {

struct Kernels {
  /// Highway's number of the target.
  std::int64_t target;

  std::array<Decode, kSampleTypes> decode;  // these three in SampleType's order
  std::array<Encode, kSampleTypes> encode;
  std::array<Adders, kSampleTypes> add;
  Adders add_mix;  // of floats that are of the mix already
  AddMapped add_mapped;
  std::array<EncodeOnGrid, 4> encode_on_grid;  // of the integers
  IsOnGrid is_on_grid;
  std::array<Measure, kSampleTypes> measure;
  Measure measure_mix;
  CountNonFinite count_non_finite_f32;
  CountNonFinite count_non_finite_f64;
  std::size_t group_frames;
  ApplyGroup filter_group;
  Separate separate;
  FilterRows filter_between_rows;
};

/// Returns: the kernels of the best target that the processor has. They live forever. The first call asks
/// the processor. Thread: control.
const Kernels& kernels() noexcept;

}  // namespace refwave::dsp
