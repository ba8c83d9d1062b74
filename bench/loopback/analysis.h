// What a recording of the loop says: how long the signal took, how evenly, and what was lost on the way.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/loopback/recording.h"

namespace refwave::loopback {

struct Figures {
  double min = 0;
  double p50 = 0;
  double p99 = 0;
  double max = 0;
  std::size_t count = 0;
};

struct Result {
  /// From the driver's taking a frame out of a block of the client's to its putting it into one.
  Figures round_trip_frames;
  /// Both directions report their blocks together, so the round trip is counted in frames and not timed.
  bool in_step = false;
  /// From the client's writing a block to its getting the block in which that came back.
  Figures written_to_recorded_ms;
  double drift_ppm = 0;  // the recording clock against the playing one; above 0: it is faster
  std::uint64_t lost_frames = 0;
  std::uint64_t doubled_frames = 0;  // or put in, as silence
  std::uint32_t places = 0;          // at which that happened
  std::uint64_t compared_frames = 0;
  std::uint64_t equal_frames = 0;  // of them, bit for bit
  double gain = 0;                 // recorded level by played level; below 0: upside down
};

/// Returns: nothing if the signal is not in the recording.
std::optional<Result> analyse(const Recording& recording);

}  // namespace refwave::loopback
