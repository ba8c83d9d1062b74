#include "driver/cli/sound_file/sample_bytes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace refwave::cli {
namespace {

constexpr std::uint32_t kOffsetBinary = 0x8000'0000;  // u8 is unsigned around 128

}  // namespace

void pack(std::span<const std::int32_t> integers, dsp::SampleType type, std::byte* bytes) {
  const std::size_t width = dsp::bytes_per_sample(type);
  const std::uint32_t flip = type == dsp::SampleType::u8 ? kOffsetBinary : 0;
  for (const std::int32_t integer : integers) {
    const std::uint32_t bits = static_cast<std::uint32_t>(integer) ^ flip;
    for (std::size_t i = 4 - width; i < 4; ++i) *bytes++ = static_cast<std::byte>(bits >> 8 * i);
  }
}

void unpack(const std::byte* bytes, dsp::SampleType type, std::span<std::int32_t> integers) {
  const std::size_t width = dsp::bytes_per_sample(type);
  const std::uint32_t flip = type == dsp::SampleType::u8 ? kOffsetBinary : 0;
  for (std::int32_t& integer : integers) {
    std::uint32_t bits = 0;
    for (std::size_t i = 4 - width; i < 4; ++i) bits |= static_cast<std::uint32_t>(*bytes++) << 8 * i;
    integer = static_cast<std::int32_t>(bits ^ flip);
  }
}

float peak_of(std::span<const std::int32_t> integers) {
  double peak = 0;
  for (const std::int32_t integer : integers) peak = std::max(peak, std::abs(static_cast<double>(integer)));
  return static_cast<float>(peak / 2147483648.0);
}

float peak_of(std::span<const float> samples) {
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  return peak;
}

float peak_of(std::span<const std::byte> bytes, dsp::SampleType type) {
  if (type == dsp::SampleType::f32)
    return peak_of(std::span(reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)));
  const std::size_t width = dsp::bytes_per_sample(type);
  double peak = 0;
  for (std::size_t at = 0; at + width <= bytes.size(); at += width) {
    double sample = 0;
    if (type == dsp::SampleType::f64) {
      std::memcpy(&sample, bytes.data() + at, sizeof sample);
    } else {
      std::int32_t integer = 0;
      unpack(bytes.data() + at, type, std::span(&integer, 1));
      sample = integer / 2147483648.0;
    }
    peak = std::max(peak, std::abs(sample));
  }
  return static_cast<float>(peak);
}

}  // namespace refwave::cli
