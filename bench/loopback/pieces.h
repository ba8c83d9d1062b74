// The marked signal: white noise in which no two places are alike, so that a piece reveals its place; and the
// pieces of a recording that were found in it. Each frame is a function of its number alone, so no signal
// must be stored. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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

/// Returns: 0 if there are none.
template <typename Value>
Value median(std::vector<Value> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + (std::ssize(values) - 1) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

inline constexpr std::size_t kPieceFrames = 2'048;

struct Piece {
  std::uint64_t first = 0;       // the piece's first frame in the recording
  double delay = 0;              // frames: recorded frame q is the signal's frame q - delay
  double gain = 0;               // recorded level divided by played level; below 0: the sign is reversed
  std::size_t equal_frames = 0;  // frames that equal the signal bit for bit
};

/// Returns: the pieces that were found, in their order. Pieces that are not the signal are left out.
std::vector<Piece> find_pieces(std::span<const std::int16_t> recorded, std::uint32_t rate);

/// Returns: the growth of the delay in frames a frame, as the median over all neighbours.
double usual_drift(const std::vector<Piece>& pieces);

/// Returns: the pieces whose delay a neighbour confirms. The others are left out, because a piece in which
/// frames are missing has two delays, and is found at neither.
std::vector<Piece> settled_pieces(const std::vector<Piece>& pieces);

}  // namespace refwave::loopback
