// The common part of a voice and a track: the ring of blocks, and the step that finishes them. The seat's
// holder runs it; the messages' owner takes blocks out of its ring.
#pragma once

#include <cstdint>

#include "driver/core/handover/latency_histogram.h"
#include "driver/core/ring/block_ring.h"
#include "driver/core/stream/meter.h"
#include "dsp/format.h"

namespace refwave::core {

class Stream;

/// Which blocks the latency statistics count. Reading the clock costs as much as everything else in a client
/// call by the audio thread, so where that thread calls clients itself, few blocks are timed.
enum class Timed : std::uint8_t { every_block, one_in_eight };

class Lane {
 public:
  /// Thread: control. Throws std::bad_alloc.
  Lane(Stream& stream, const dsp::Format& client, std::uint32_t capacity);
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  BlockRing& ring() noexcept { return ring_; }
  const dsp::Format& client() const noexcept { return client_; }
  /// Device frames until the next block is done: no such block in sight.
  static constexpr std::uint32_t kNever = 0xFFFF'FFFFU;

  LatencyHistogram& latency() noexcept { return latency_; }
  /// Of the client's samples: before the volume, or after the conversion of what was recorded.
  Meter& meter() noexcept { return meter_; }

  /// Effects: these blocks are timed from now on; while a trace runs all are. Thread: the seat's holder.
  void time(Timed blocks) noexcept { timed_ = blocks; }

  /// Effects: finishes the blocks of a retired stream that lie before `cursor`, and touches nothing that the
  /// dead audio thread may have been changing. Returns: how many. Thread: control, under the write mutex.
  std::uint32_t abandon(BlockRing::Cursor cursor) noexcept { return finish(cursor, InSeat::no); }

 protected:
  ~Lane() = default;

  /// Effects: stamps, flags and releases the blocks before `cursor`; nothing in a retired stream. `floor`:
  /// the stream's position after the last of them, the least answer once its header is flagged. Returns: how
  /// many. Thread: the seat's holder.
  REFWAVE_AUDIO_THREAD std::uint32_t finish_until(BlockRing::Cursor cursor, std::uint64_t floor) noexcept;

  Stream& stream_;

 private:
  enum class InSeat : std::uint8_t { no, yes };

  REFWAVE_AUDIO_THREAD std::uint32_t finish(BlockRing::Cursor cursor, InSeat in_seat) noexcept;
  REFWAVE_AUDIO_THREAD void trace_finished(BlockRing::Cursor first, BlockRing::Cursor end,
                                           std::int64_t finished_ns) noexcept;

  const dsp::Format client_;
  Timed timed_ = Timed::every_block;  // guarded by the seat
  BlockRing ring_;
  LatencyHistogram latency_;  // buffer-done latency; the owner records
  Meter meter_;
};

}  // namespace refwave::core
