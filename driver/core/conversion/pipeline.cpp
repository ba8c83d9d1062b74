#include "driver/core/conversion/pipeline.h"

#include <new>
#include <utility>

namespace refwave::core {

Pipeline::Pipeline(const dsp::Format& source, const dsp::Format& target, const Rounding& rounding,
                   std::unique_ptr<dsp::Resampler> rates)
    : from(source),
      to(target),
      decode(dsp::decoder(source.type)),
      encoder(target, rounding.dither, rounding.seed),
      map(source, target),
      gain(target, target.rate * dsp::kRampMs / 1000),
      resampler(std::move(rates)),
      before{},
      after{} {}

std::unique_ptr<Pipeline> Pipeline::make(const dsp::Format& from, const dsp::Format& to, dsp::Quality quality,
                                         const Rounding& rounding) noexcept {
  std::unique_ptr<dsp::Resampler> resampler;
  if (from.rate != to.rate) {
    // Before the channel map, in the source's channels, so that the pipeline need not know the direction.
    resampler = dsp::Resampler::make(from.channels, from.rate, to.rate, quality);
    if (!resampler) return nullptr;
  }
  return std::unique_ptr<Pipeline>(new (std::nothrow) Pipeline(from, to, rounding, std::move(resampler)));
}

}  // namespace refwave::core
