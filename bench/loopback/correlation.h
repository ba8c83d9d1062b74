// Finds the place of a recorded piece in the signal, by cross-correlation. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace refwave::loopback {

/// A piece of a recording that was found in the signal.
struct Match {
  double delay = 0;     // frames: recorded frame q is the signal's frame q - delay
  double likeness = 0;  // correlation coefficient without its sign; 1: equal but for the level
  double gain = 0;      // recorded level divided by played level; below 0: the sign is reversed
};

/// Returns: the place where the piece begins among the signal's frames from `earliest` to `latest`, to a
/// whole frame; nothing if no place is like the piece. `first`: the piece's first frame in the recording.
std::optional<Match> search(std::span<const std::int16_t> piece, std::uint64_t first, std::uint64_t earliest,
                            std::uint64_t latest);

/// Returns: the place within some frames of `near`, to a fraction of a frame; nothing if no place is like it.
std::optional<Match> refine(std::span<const std::int16_t> piece, std::uint64_t first, const Match& near);

/// Returns: how many of the piece's frames equal the signal at that delay, bit for bit.
std::size_t equal_frames(std::span<const std::int16_t> piece, std::uint64_t first, std::int64_t delay);

}  // namespace refwave::loopback
