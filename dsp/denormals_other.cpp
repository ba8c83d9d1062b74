// Denormal numbers keep their value, and their cost, on processors without a file of their own.
#include "dsp/denormals.h"

namespace refwave::dsp {

FlushDenormals::FlushDenormals() noexcept : before_(0) {}

FlushDenormals::~FlushDenormals() noexcept { static_cast<void>(before_); }

}  // namespace refwave::dsp
