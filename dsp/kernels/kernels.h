// The inner loops of dsp, each compiled several times from one source, for several sets of vector
// instructions (Highway's targets). A control thread asks for the set that this processor runs; the functions
// in it are the audio thread's.
#pragma once

#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/kernels/filter.h"

namespace refwave::dsp {

struct Kernels {
  /// Highway's number of the target.
  std::int64_t target;

  FilterRows filter_rows;
  FilterRows filter_between_rows;
};

/// Returns: the kernels of the best target that the processor has. They live for ever. The first call asks
/// the processor. Thread: control.
const Kernels& kernels() noexcept;

}  // namespace refwave::dsp
