// What x86 does in one instruction, Highway in several. Compiled once for each target: no include guard.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

/// Returns: the nearest integers, ties to even, for floats that an int32 can hold. hwy's NearestInt() is
/// right for others, too, for which it takes five instructions more.
template <class V>
HWY_INLINE auto nearest(V x) {
  using Integers =
      hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::Rebind<std::int32_t, hwy::HWY_NAMESPACE::DFromV<V>>>;
  if constexpr (sizeof(V) == 64) {
    return Integers{_mm512_cvtps_epi32(x.raw)};
  } else if constexpr (sizeof(V) == 32) {
    return Integers{_mm256_cvtps_epi32(x.raw)};
  } else if constexpr (requires { Integers{_mm_cvtps_epi32(x.raw)}; }) {
    return Integers{_mm_cvtps_epi32(x.raw)};
  } else {
    return hwy::HWY_NAMESPACE::NearestInt(x);  // clang's target without vectors emulates them
  }
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
