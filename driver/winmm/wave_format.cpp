#include "driver/winmm/wave_format.h"

#include <bit>
#include <cstring>
#include <initializer_list>

namespace refwave::winmm {
namespace {

constexpr WORD kExtensibleSize = sizeof(WAVEFORMATEXTENSIBLE) - sizeof(WAVEFORMATEX);

using enum dsp::SampleType;

std::optional<dsp::SampleType> type_of(WORD bits, std::initializer_list<dsp::SampleType> types) noexcept {
  for (const dsp::SampleType type : types)
    if (bits == 8 * dsp::bytes_per_sample(type)) return type;
  return std::nullopt;
}

std::optional<dsp::SampleType> pcm_type(WORD bits) noexcept { return type_of(bits, {u8, s16, s24, s32}); }

std::optional<dsp::SampleType> float_type(WORD bits) noexcept { return type_of(bits, {f32, f64}); }

bool same(const GUID& a, const GUID& b) noexcept { return std::memcmp(&a, &b, sizeof(GUID)) == 0; }

/// Valid bits lie at the top. Windows documentation: "WAVEFORMATEXTENSIBLE structure".
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
