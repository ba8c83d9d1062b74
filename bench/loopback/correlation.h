// Where a piece of a recording is from: its cross-correlation with the signal. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace refwave::loopback {

/// A piece of a recording, found in the signal.
struct Match {
  double delay = 0;     // frames: recorded frame q is the signal's frame q - delay
  double likeness = 0;  // correlation coefficient without its sign, 1: the same but for the level
  double gain = 0;      // recorded level by played level; below 0: upside down
};

/// Returns: where in the signal's frames from `earliest` to `latest` the piece begins, to the frame; nothing
/// if it is not like any. `first`: the piece's place in the recording.
std::optional<Match> search(std::span<const std::int16_t> piece, std::uint64_t first, std::uint64_t earliest,
                            std::uint64_t latest);

/// Returns: the same within some frames of `near`, to a fraction of a frame.
std::optional<Match> refine(std::span<const std::int16_t> piece, std::uint64_t first, const Match& near);

/// Returns: how many of the piece's frames are the signal's, bit for bit, at that delay.
std::size_t equal_frames(std::span<const std::int16_t> piece, std::uint64_t first, std::int64_t delay);

}  // namespace refwave::loopback
