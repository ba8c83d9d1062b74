// All kernels of one target, and their table. Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include "dsp/kernels/filter_inl.h"
#include "dsp/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

const Kernels* table() {
  static constexpr Kernels kTable = {
      .target = HWY_TARGET,
      .filter_rows = filter_rows,
      .filter_between_rows = filter_between_rows,
  };
  return &kTable;
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
