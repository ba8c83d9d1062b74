// The pieces of a recording that were found in the signal, in their order. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace refwave::loopback {

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
