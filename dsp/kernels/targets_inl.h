// All kernels of one target, and their table. Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

// The others stand on these.
#include REFWAVE_NEAREST
#include "dsp/kernels/samples_inl.h"

#include "dsp/kernels/add_inl.h"
#include "dsp/kernels/convert_inl.h"
#include "dsp/kernels/filter_inl.h"
#include "dsp/kernels/grid_inl.h"
#include "dsp/kernels/kernels.h"
#include "dsp/kernels/level_inl.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

const Kernels* table() {
  static constexpr Kernels kTable = {
      .target = HWY_TARGET,
      .decode = {decode<U8>, decode<S16>, decode<S24>, decode<S32>, decode<F32>, decode<F64>},
      .encode = {encode<U8>, encode<S16>, encode<S24>, encode<S32>, encode<F32>, encode<F64>},
      .add = {adders<U8>(), adders<S16>(), adders<S24>(), adders<S32>(), adders<F32>(), adders<F64>()},
      .add_mapped = add_mapped,
      .encode_on_grid = {encode_on_grid<U8>, encode_on_grid<S16>, encode_on_grid<S24>, encode_on_grid<S32>},
      .is_on_grid = is_on_grid,
      .measure = {measure<U8>, measure<S16>, measure<S24>, measure<S32>, measure<F32>, measure<F64>},
      .count_non_finite_f32 = count_non_finite<float>,
      .count_non_finite_f64 = count_non_finite<double>,
      .group_frames = kGroupFrames,
      .filter_group = filter_group,
      .separate = separate,
      .filter_between_rows = filter_between_rows,
  };
  return &kTable;
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
