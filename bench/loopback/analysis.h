// The figures that follow from a recording of the loop: how long the signal took, how evenly it came, and how
// many frames were lost. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace refwave::loopback {

/// The result of one run of the loop: the first channel of the recording, and the times at which each block
/// was written, taken and given back.
struct Recording {
  std::uint32_t rate = 48'000;  // of both streams
  std::uint32_t block_frames = 480;
  std::vector<std::int16_t> samples{};
  // On the monotonic clock, in ns, block by block.
  std::vector<std::int64_t> written_ns{};   // output: the client wrote the block
  std::vector<std::int64_t> done_ns{};      // output: the driver reported the block as done
  std::vector<std::int64_t> recorded_ns{};  // input: the driver reported the block as full
  double seconds = 0;
};

struct Figures {
  double min = 0;
  double p50 = 0;
  double p99 = 0;
  double max = 0;
  std::size_t count = 0;
};

struct Result {
  /// From the driver's read of a frame from a client's block to its write of this frame into a client's
  /// block.
  Figures round_trip_frames;
  /// Both directions report their blocks together, so the round trip was counted in frames and not timed.
  bool in_step = false;
  /// From the client's write of a block to the report of the block in which the sound came back.
  Figures written_to_recorded_ms;
  double drift_ppm = 0;  // above 0: the recording clock is faster than the playing clock
  std::uint64_t lost_frames = 0;
  std::uint64_t doubled_frames = 0;  // or inserted as silence
  std::uint32_t places = 0;          // where frames were lost or doubled
  /// A stream stalled during or next to them, so their times are unknown. The figures above leave them out.
  std::size_t spoilt_pieces = 0;
  std::uint64_t compared_frames = 0;
  std::uint64_t equal_frames = 0;  // of the compared frames, bit for bit
  double gain = 0;                 // recorded level divided by played level; below 0: the sign is reversed
};

/// Returns: the figures; nothing if the signal is not in the recording.
std::optional<Result> analyse(const Recording& recording);

}  // namespace refwave::loopback
