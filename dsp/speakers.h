// The speakers that a channel mask can name, and those of each channel of a format. Plain values.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "dsp/format.h"

namespace refwave::dsp {

/// In the order of the SPEAKER_* bits ("Subtype and channel mask" of WAVEFORMATEXTENSIBLE's page).
enum class Speaker : std::uint8_t {
  front_left,
  front_right,
  front_center,
  low_frequency,
  back_left,
  back_right,
  front_left_of_center,
  front_right_of_center,
  back_center,
  side_left,
  side_right,
  top_center,
  top_front_left,
  top_front_center,
  top_front_right,
  top_back_left,
  top_back_center,
  top_back_right,
};
inline constexpr std::size_t kSpeakers = 18;

/// In the channel mask of a device (where Windows has no speaker): five and more channels lie in the order of
/// ALSA and PulseAudio, front, back, centre, low frequency, side. Otherwise in the bits' order.
inline constexpr std::uint32_t kAlsaOrder = std::uint32_t{1} << 30;

constexpr std::uint32_t speaker_bit(Speaker speaker) {
  return std::uint32_t{1} << static_cast<unsigned>(speaker);
}

/// Returns: the speakers in use, exactly one bit for each channel. If a mask has too many bits, the lowest
/// ones count, as on Windows. If it has too few, it is ignored, and the usual layout is taken.
constexpr std::uint32_t speaker_mask(const Format& format) {
  std::uint32_t mask = format.channel_mask & ((std::uint32_t{1} << kSpeakers) - 1);
  if (std::popcount(mask) < format.channels) mask = default_channel_mask(format.channels);
  while (std::popcount(mask) > format.channels) mask &= ~std::bit_floor(mask);
  return mask;
}

/// Returns: the speaker of each channel; beyond format.channels the values mean nothing.
constexpr std::array<Speaker, kMaxChannels> speakers_of(const Format& format) {
  std::array<Speaker, kMaxChannels> speakers = {};
  std::uint32_t mask = speaker_mask(format);
  for (std::size_t channel = 0; mask != 0 && channel < kMaxChannels; ++channel) {
    speakers[channel] = static_cast<Speaker>(std::countr_zero(mask));
    mask &= mask - 1;
  }
  // FL FR FC LFE BL BR … becomes FL FR BL BR FC LFE …, and FL FR FC BL BR becomes FL FR BL BR FC.
  if ((format.channel_mask & kAlsaOrder) != 0 && format.channels >= 5) {
    const auto begin = speakers.begin() + 2;
    const std::ptrdiff_t centres = format.channels == 5 ? 1 : 2;
    std::rotate(begin, begin + centres, begin + centres + 2);
  }
  return speakers;
}

}  // namespace refwave::dsp
