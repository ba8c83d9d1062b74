// Other processors leave denormal numbers as they are.
#include "dsp/denormals.h"

namespace refwave::dsp {

FlushDenormals::FlushDenormals() noexcept : before_(0) {}

FlushDenormals::~FlushDenormals() noexcept { static_cast<void>(before_); }

}  // namespace refwave::dsp
