// Compiles the kernels for every target but the last, then for the last, and chooses among them.
#define HWY_TARGET_INCLUDE "dsp/kernels/targets_inl.h"
#include <hwy/foreach_target.h>

#include "dsp/kernels/targets_inl.h"

namespace refwave::dsp {

HWY_EXPORT(table);

const Kernels& kernels() noexcept { return *HWY_DYNAMIC_DISPATCH(table)(); }

}  // namespace refwave::dsp
