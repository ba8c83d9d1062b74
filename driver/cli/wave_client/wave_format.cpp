#include "driver/cli/wave_client/wave_format.h"

namespace refwave::cli {

WAVEFORMATEXTENSIBLE wave_format(const dsp::Format& format) {
  const bool is_float = format.type == dsp::SampleType::f32 || format.type == dsp::SampleType::f64;
  const bool is_plain = format.channels <= 2 && format.channel_mask == 0 &&
                        (is_float || dsp::bytes_per_sample(format.type) <= 2);
  const auto bytes_per_frame = static_cast<WORD>(format.bytes_per_frame());
  const auto bits = static_cast<WORD>(8 * dsp::bytes_per_sample(format.type));

  WAVEFORMATEXTENSIBLE wave{};
  wave.Format.nChannels = format.channels;
  wave.Format.nSamplesPerSec = format.rate;
  wave.Format.nAvgBytesPerSec = format.rate * bytes_per_frame;
  wave.Format.nBlockAlign = bytes_per_frame;
  wave.Format.wBitsPerSample = bits;
  wave.Format.wFormatTag = is_float ? WAVE_FORMAT_IEEE_FLOAT : WAVE_FORMAT_PCM;
  if (is_plain) return wave;
  wave.Format.wFormatTag = WAVE_FORMAT_EXTENSIBLE;
  wave.Format.cbSize = sizeof(WAVEFORMATEXTENSIBLE) - sizeof(WAVEFORMATEX);
  wave.Samples.wValidBitsPerSample = bits;
  wave.dwChannelMask = format.channel_mask;
  wave.SubFormat = is_float ? KSDATAFORMAT_SUBTYPE_IEEE_FLOAT : KSDATAFORMAT_SUBTYPE_PCM;
  return wave;
}

}  // namespace refwave::cli
