// The control thread's half: making it, and preparing its filters.
#include <new>
#include <utility>

#include "dsp/speed/speed.h"

namespace refwave::dsp {

std::unique_ptr<Speed> Speed::make(std::uint16_t channels, std::uint32_t rate, Quality quality) noexcept {
  auto stretch = TimeStretch::make(channels, rate);
  auto varispeed = Varispeed::make(channels, quality);
  Floats middle = make_floats(kMiddleFrames * channels);
  if (!stretch || !varispeed || !middle) return nullptr;
  return std::unique_ptr<Speed>(
      new (std::nothrow) Speed(channels, std::move(stretch), std::move(varispeed), std::move(middle)));
}

Speed::Speed(std::uint16_t channels, std::unique_ptr<TimeStretch> stretch,
             std::unique_ptr<Varispeed> varispeed, Floats middle) noexcept
    : channels_(channels),
      stretch_(std::move(stretch)),
      varispeed_(std::move(varispeed)),
      middle_(std::move(middle)) {}

bool Speed::prepare(Factor rate, Factor pitch) noexcept { return varispeed_->prepare(Ratio{rate} * pitch); }

}  // namespace refwave::dsp
