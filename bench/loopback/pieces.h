// The pieces of a recording that were found in the signal, one after the other. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace refwave::loopback {

inline constexpr std::size_t kPieceFrames = 2'048;

struct Piece {
  std::uint64_t first = 0;       // frame of the recording
  double delay = 0;              // frames: recorded frame q is the signal's frame q - delay
  double gain = 0;               // recorded level by played level; below 0: upside down
  std::size_t equal_frames = 0;  // that are the signal's bit for bit
};

/// Returns: what was found, in its order; pieces that are not the signal are left out.
std::vector<Piece> find_pieces(std::span<const std::int16_t> recorded, std::uint32_t rate);

/// Returns: by how many frames the delay grows a frame, as most neighbours have it.
double usual_drift(const std::vector<Piece>& pieces);

/// Returns: the pieces whose delay a neighbour confirms. One in which frames are missing belongs to two
/// delays, and is found at a third.
std::vector<Piece> settled_pieces(const std::vector<Piece>& pieces);

}  // namespace refwave::loopback
