#include <xmmintrin.h>

#include "driver/core/period/denormals.h"

namespace refwave::core {
namespace {

constexpr unsigned kFlushToZero = 0x8000;       // results
constexpr unsigned kDenormalsAreZero = 0x0040;  // operands

}  // namespace

FlushDenormals::FlushDenormals() noexcept : before_(_mm_getcsr()) {
  _mm_setcsr(static_cast<unsigned>(before_) | kFlushToZero | kDenormalsAreZero);
}

FlushDenormals::~FlushDenormals() noexcept { _mm_setcsr(static_cast<unsigned>(before_)); }

}  // namespace refwave::core
