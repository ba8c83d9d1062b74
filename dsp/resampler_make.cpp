// The control thread's half of the resampler: making, measuring and destroying it.
#include <samplerate.h>

#include <new>

#include "dsp/resampler.h"

namespace refwave::dsp {
namespace {

constexpr int converter(Quality quality) {
  switch (quality) {
    case Quality::fastest:
      return SRC_SINC_FASTEST;
    case Quality::medium:
      return SRC_SINC_MEDIUM_QUALITY;
    case Quality::best:
      return SRC_SINC_BEST_QUALITY;
  }
  return SRC_SINC_MEDIUM_QUALITY;
}

/// Returns: libsamplerate's filter of that quality; the next where the library was built without its best
/// one, whose table is large; null without memory.
SRC_STATE* new_filter(Quality quality, int channels) noexcept {
  int error = 0;
  SRC_STATE* filter = src_new(converter(quality), channels, &error);
  if (filter == nullptr && quality == Quality::best)
    filter = src_new(converter(Quality::medium), channels, &error);
  return filter;
}

}  // namespace

std::unique_ptr<Resampler> Resampler::make(std::uint16_t channels, std::uint32_t in_rate,
                                           std::uint32_t out_rate, Quality quality) noexcept {
  if (channels == 0 || channels > kMaxChannels || in_rate == 0 || out_rate == 0) return nullptr;
  if (src_is_valid_ratio(static_cast<double>(out_rate) / in_rate) == 0) return nullptr;
  SRC_STATE* state = new_filter(quality, channels);
  if (state == nullptr) return nullptr;
  std::unique_ptr<Resampler> made(new (std::nothrow) Resampler(state, channels, in_rate, out_rate));
  if (made == nullptr) {
    src_delete(state);
  } else {
    made->measure_lead();
  }
  return made;
}

Resampler::Resampler(SRC_STATE* state, std::uint16_t channels, std::uint32_t in_rate,
                     std::uint32_t out_rate) noexcept
    : state_(state), channels_(channels), in_rate_(in_rate), out_rate_(out_rate) {}

Resampler::~Resampler() { src_delete(state_); }

// Half the filter's length at this ratio, which libsamplerate knows and does not tell: found with silence.
// This also runs its code and touches its memory before the audio thread does.
void Resampler::measure_lead() noexcept {
  const float silence[kMaxChannels] = {};
  float out[kMaxChannels];
  std::size_t fed = 0;
  while (process(silence, 1, out, 1).out_made == 0) ++fed;
  lead_frames_ = fed + 1;
  reset();
}

}  // namespace refwave::dsp
