// The marked signal: white noise in which no two places are alike, so that a piece reveals its place.
// Each frame is a function of its number alone, so no signal must be stored. Pure; any thread.
#pragma once

#include <cstdint>

namespace refwave::loopback {

inline constexpr std::int16_t kPeak = 3'276;  // -20 dBFS, because a person may hear it

/// Returns: the signal's frame of that number, the same in every channel, between -kPeak and kPeak. The bits
/// are mixed as in MurmurHash3's finalizer.
constexpr std::int16_t noise(std::uint64_t frame) {
  std::uint64_t x = frame + 0x9E37'79B9'7F4A'7C15ULL;
  x = (x ^ (x >> 33)) * 0xFF51'AFD7'ED55'8CCDULL;
  x = (x ^ (x >> 33)) * 0xC4CE'B9FE'1A85'EC53ULL;
  x ^= x >> 33;
  return static_cast<std::int16_t>(static_cast<std::int32_t>(x % (2 * kPeak + 1)) - kPeak);
}

}  // namespace refwave::loopback
