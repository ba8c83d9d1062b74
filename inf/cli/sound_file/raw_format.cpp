#include "inf/cli/sound_file/raw_format.h"

#include <sndfile.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>
#include <vector>

#include "inf/cli/console/failure.h"

namespace refwave::cli {
namespace {

struct Name {
  std::string_view name;  // as ffmpeg and PulseAudio have it
  std::string_view alsa;  // as aplay has it
  dsp::SampleType type;
  int encoding;
};

constexpr Name kNames[] = {
    {"u8", "U8", dsp::SampleType::u8, SF_FORMAT_PCM_U8},
    {"s8", "S8", dsp::SampleType::u8, SF_FORMAT_PCM_S8},
    {"s16le", "S16_LE", dsp::SampleType::s16, SF_FORMAT_PCM_16},
    {"s16be", "S16_BE", dsp::SampleType::s16, SF_FORMAT_PCM_16 | SF_ENDIAN_BIG},
    {"s24le", "S24_3LE", dsp::SampleType::s24, SF_FORMAT_PCM_24},
    {"s24be", "S24_3BE", dsp::SampleType::s24, SF_FORMAT_PCM_24 | SF_ENDIAN_BIG},
    {"s32le", "S32_LE", dsp::SampleType::s32, SF_FORMAT_PCM_32},
    {"s32be", "S32_BE", dsp::SampleType::s32, SF_FORMAT_PCM_32 | SF_ENDIAN_BIG},
    {"f32le", "FLOAT_LE", dsp::SampleType::f32, SF_FORMAT_FLOAT},
    {"f32be", "FLOAT_BE", dsp::SampleType::f32, SF_FORMAT_FLOAT | SF_ENDIAN_BIG},
    {"f64le", "FLOAT64_LE", dsp::SampleType::f64, SF_FORMAT_DOUBLE},
    {"f64be", "FLOAT64_BE", dsp::SampleType::f64, SF_FORMAT_DOUBLE | SF_ENDIAN_BIG},
    {"ulaw", "MU_LAW", dsp::SampleType::f32, SF_FORMAT_ULAW},
    {"alaw", "A_LAW", dsp::SampleType::f32, SF_FORMAT_ALAW},
};

constexpr std::uint32_t kOffsetBinary = 0x8000'0000;  // u8 is unsigned around 128

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Failure("--raw " + text + ": " + why, kUsage);
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream rest(text);
  for (std::string part; std::getline(rest, part, ',');) parts.push_back(part);
  return parts;
}

std::uint32_t number_in(const std::string& text, std::string_view part, std::uint32_t least,
                        std::uint32_t most, const std::string& unit) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (error == std::errc{} && end == part.data() + part.size() && number >= least && number <= most)
    return number;
  refuse(text, std::string(part) + unit + ", and " + std::to_string(least) + " to " + std::to_string(most) +
                   unit + " are possible; convert it first, as with sox");
}

}  // namespace

RawFormat raw_format(const std::string& text) {
  const auto parts = parts_of(text);
  if (parts.size() != 3)
    refuse(text, "not a sample format, a rate and a number of channels; write it as s16le,48000,2");
  const auto* name = std::ranges::find_if(
      kNames, [&](const Name& known) { return known.name == parts[0] || known.alsa == parts[0]; });
  if (name == std::end(kNames)) {
    std::string all;
    for (const Name& known : kNames) all.append(all.empty() ? "" : ", ").append(known.name);
    refuse(text, "no sample format is called " + std::string(parts[0]) + "; known: " + all);
  }
  const std::uint32_t rate = number_in(text, parts[1], dsp::kMinRate, dsp::kMaxRate, " Hz");
  const std::uint32_t channels = number_in(text, parts[2], 1, dsp::kMaxChannels, " channels");
  return {{name->type, static_cast<std::uint16_t>(channels), rate}, SF_FORMAT_RAW | name->encoding};
}

dsp::SampleType type_of(int encoding) {
  if (encoding == SF_FORMAT_ALAC_16) return dsp::SampleType::s16;
  if (encoding == SF_FORMAT_ALAC_24) return dsp::SampleType::s24;
  if (encoding == SF_FORMAT_ALAC_32) return dsp::SampleType::s32;
  const auto* known = std::ranges::find(kNames, encoding, &Name::encoding);
  return known != std::end(kNames) ? known->type : dsp::SampleType::f32;
}

bool is_linear(const RawFormat& raw) { return (raw.encoding & SF_FORMAT_SUBMASK) <= SF_FORMAT_DOUBLE; }

void turn(std::span<std::byte> samples, const RawFormat& raw) {
  if ((raw.encoding & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_S8)
    for (std::byte& sample : samples) sample ^= std::byte{0x80};
  const std::size_t width = dsp::bytes_per_sample(raw.format.type);
  if ((raw.encoding & SF_ENDIAN_BIG) == 0) return;
  for (std::size_t at = 0; at + width <= samples.size(); at += width)
    std::ranges::reverse(samples.subspan(at, width));
}

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

}  // namespace refwave::cli
