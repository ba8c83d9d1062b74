#include "driver/winmm/wave_format.h"

#include <bit>
#include <cstring>

namespace refwave::winmm {
namespace {

constexpr WORD kExtensibleSize = sizeof(WAVEFORMATEXTENSIBLE) - sizeof(WAVEFORMATEX);

std::optional<dsp::SampleType> pcm_type(WORD bits) noexcept {
  switch (bits) {
    case 8:
      return dsp::SampleType::u8;
    case 16:
      return dsp::SampleType::s16;
    case 24:
      return dsp::SampleType::s24;
    case 32:
      return dsp::SampleType::s32;
    default:
      return std::nullopt;
  }
}

std::optional<dsp::SampleType> float_type(WORD bits) noexcept {
  switch (bits) {
    case 32:
      return dsp::SampleType::f32;
    case 64:
      return dsp::SampleType::f64;
    default:
      return std::nullopt;
  }
}

bool same(const GUID& a, const GUID& b) noexcept { return std::memcmp(&a, &b, sizeof(GUID)) == 0; }

/// Valid bits that do not fill the container lie at its top. What is played is read as it lies; what is
/// recorded gets zeros below. Windows documentation: "WAVEFORMATEXTENSIBLE structure".
std::optional<dsp::SampleType> extensible_type(const WAVEFORMATEX& wave, dsp::Format& format) noexcept {
  if (wave.cbSize < kExtensibleSize) return std::nullopt;
  WAVEFORMATEXTENSIBLE extensible;
  std::memcpy(&extensible, &wave, sizeof(extensible));
  const WORD valid_bits = extensible.Samples.wValidBitsPerSample;
  if (valid_bits > wave.wBitsPerSample) return std::nullopt;
  if (std::popcount(extensible.dwChannelMask) == wave.nChannels)
    format.channel_mask = extensible.dwChannelMask;
  if (same(extensible.SubFormat, KSDATAFORMAT_SUBTYPE_PCM)) {
    if (valid_bits < wave.wBitsPerSample) format.valid_bits = valid_bits;
    return pcm_type(wave.wBitsPerSample);
  }
  if (same(extensible.SubFormat, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT)) return float_type(wave.wBitsPerSample);
  return std::nullopt;
}

std::optional<dsp::SampleType> type_of(const WAVEFORMATEX& wave, dsp::Format& format) noexcept {
  switch (wave.wFormatTag) {
    case WAVE_FORMAT_PCM:
      return pcm_type(wave.wBitsPerSample);
    case WAVE_FORMAT_IEEE_FLOAT:
      return float_type(wave.wBitsPerSample);
    case WAVE_FORMAT_EXTENSIBLE:
      return extensible_type(wave, format);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<dsp::Format> parse_wave_format(const WAVEFORMATEX& wave) noexcept {
  dsp::Format format{.channels = wave.nChannels, .rate = wave.nSamplesPerSec};
  const auto type = type_of(wave, format);
  if (!type) return std::nullopt;
  format.type = *type;
  if (format.channels < 1 || format.channels > dsp::kMaxChannels) return std::nullopt;
  if (format.rate < dsp::kMinRate || format.rate > dsp::kMaxRate) return std::nullopt;
  if (wave.nBlockAlign != format.bytes_per_frame()) return std::nullopt;
  return format;
}

}  // namespace refwave::winmm
