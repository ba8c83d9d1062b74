// Denormal numbers keep their value, and their cost, on processors without a file of their own.
#include "driver/core/period/denormals.h"

namespace refwave::core {

FlushDenormals::FlushDenormals() noexcept : before_(0) {}

FlushDenormals::~FlushDenormals() noexcept { static_cast<void>(before_); }

}  // namespace refwave::core
