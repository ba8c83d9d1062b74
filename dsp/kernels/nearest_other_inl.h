// Rounding to integers on other processors than x86. Compiled once for each target: no include guard.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

/// Returns: the nearest integers, ties to even.
template <class V>
HWY_INLINE auto nearest(V x) {
  return hwy::HWY_NAMESPACE::NearestInt(x);
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
