#include <xmmintrin.h>

#include "dsp/denormals.h"

namespace refwave::dsp {
namespace {

constexpr unsigned kFlushToZero = 0x8000;       // results
constexpr unsigned kDenormalsAreZero = 0x0040;  // operands

}  // namespace

FlushDenormals::FlushDenormals() noexcept : before_(_mm_getcsr()) {
  _mm_setcsr(static_cast<unsigned>(before_) | kFlushToZero | kDenormalsAreZero);
}

FlushDenormals::~FlushDenormals() noexcept { _mm_setcsr(static_cast<unsigned>(before_)); }

}  // namespace refwave::dsp
