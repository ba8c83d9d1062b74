// The sample formats of clients and devices, and their arithmetic. Plain values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace refwave::dsp {

inline constexpr std::uint16_t kMaxChannels = 8;
inline constexpr std::uint32_t kMinRate = 8'000;
inline constexpr std::uint32_t kMaxRate = 192'000;

/// How one sample lies in memory: little endian, packed; u8 is offset binary, others two's complement.
enum class SampleType : std::uint8_t { u8, s16, s24, s32, f32, f64 };

inline constexpr std::size_t kSampleTypes = 6;

/// The names of the types, in their order, as settings and messages have them.
inline constexpr std::string_view kSampleTypeNames[] = {"u8", "s16", "s24", "s32", "f32", "f64"};

constexpr std::string_view name_of(SampleType type) {
  return kSampleTypeNames[static_cast<std::size_t>(type)];
}

/// The byte that silence consists of.
constexpr std::byte silent_byte(SampleType type) {
  return type == SampleType::u8 ? std::byte{0x80} : std::byte{0};
}

constexpr std::size_t bytes_per_sample(SampleType type) {
  constexpr std::size_t bytes[] = {1, 2, 3, 4, 4, 8};
  return bytes[static_cast<std::size_t>(type)];
}

/// Interleaved PCM or float audio. `channel_mask` holds one SPEAKER_* bit a channel, in channel order
/// (WAVEFORMATEXTENSIBLE's dwChannelMask); 0 means the usual layout for that number of channels.
struct Format {
  SampleType type = SampleType::s16;
  std::uint16_t channels = 2;
  std::uint32_t rate = 48'000;  // frames a second
  std::uint32_t channel_mask = 0;
  // The valid bits of an integer sample, which are the upper ones (wValidBitsPerSample); 0: all of them.
  std::uint16_t valid_bits = 0;

  constexpr std::size_t bytes_per_frame() const { return channels * bytes_per_sample(type); }
  friend constexpr bool operator==(const Format&, const Format&) = default;
};

/// Returns: the usual layout (SPEAKER_* bits) for 1 to kMaxChannels channels: mono, stereo, 3.0,
/// quad, 5.0, 5.1, 6.1 and 7.1, surrounds at the back up to 6.1; 0 for any other number.
constexpr std::uint32_t default_channel_mask(std::uint16_t channels) {
  constexpr std::uint32_t masks[] = {0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3F, 0x13F, 0x63F};
  return channels <= kMaxChannels ? masks[channels] : 0;
}

}  // namespace refwave::dsp
