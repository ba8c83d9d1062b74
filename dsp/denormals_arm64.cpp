#include "dsp/denormals.h"

namespace refwave::dsp {
namespace {

constexpr std::uint64_t kFlushToZero = std::uint64_t{1} << 24;

void set_control(std::uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }

}  // namespace

FlushDenormals::FlushDenormals() noexcept : before_(0) {
  asm volatile("mrs %0, fpcr" : "=r"(before_));
  set_control(before_ | kFlushToZero);
}

FlushDenormals::~FlushDenormals() noexcept { set_control(before_); }

}  // namespace refwave::dsp
