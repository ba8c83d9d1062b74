#include "dsp/conversion.h"

#include "dsp/kernels/kernels.h"

namespace refwave::dsp {

Decode decoder(SampleType type) noexcept { return kernels().decode[static_cast<std::size_t>(type)]; }

Encode encoder(SampleType type) noexcept { return kernels().encode[static_cast<std::size_t>(type)]; }

}  // namespace refwave::dsp
