#include "dsp/conversion.h"

#include "dsp/kernels/kernels.h"

namespace refwave::dsp {

Decode decoder(SampleType type) noexcept { return kernels().decode[static_cast<std::size_t>(type)]; }

Encode encoder(SampleType type) noexcept { return kernels().encode[static_cast<std::size_t>(type)]; }

Measure measurer(SampleType type) noexcept { return kernels().measure[static_cast<std::size_t>(type)]; }

CountNonFinite non_finite_counter(SampleType type) noexcept {
  if (type == SampleType::f32) return kernels().count_non_finite_f32;
  return type == SampleType::f64 ? kernels().count_non_finite_f64 : nullptr;
}

}  // namespace refwave::dsp
