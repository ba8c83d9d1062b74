// The common part of a voice and a track: the ring of blocks, and the step that finishes them. The seat's
// holder runs it; the slot's owner takes blocks out of its ring.
#pragma once

#include <atomic>
#include <cstdint>

#include "driver/core/handover/latency_histogram.h"
#include "driver/core/handover/slot.h"
#include "driver/core/lanes/meter.h"
#include "driver/core/ring/block_ring.h"
#include "dsp/format.h"

namespace refwave::core {

/// Which blocks the latency statistics count. Reading the clock costs as much as everything else in a client
/// call by the audio thread, so where that thread calls clients itself, few blocks are timed.
enum class Timed : std::uint8_t { every_block, one_in_eight };

class Lane {
 public:
  /// Thread: control. Throws std::bad_alloc.
  Lane(Slot& slot, const dsp::Format& client, std::uint32_t capacity);
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

  /// Effects: finishes the blocks of a retired slot that lie before `cursor`, and touches nothing that the
  /// dead audio thread may have been changing. Returns: how many. Thread: control, under the write mutex.
  std::uint32_t abandon(BlockRing::Cursor cursor) noexcept { return finish(cursor, InSeat::no); }

  /// Headers that wait outside the full ring. Written under the write mutex, by exchanges. A greater number
  /// is stored before the writer looks for room in the ring; a smaller number, after the headers have entered
  /// the ring. The owner reads it by a read-modify-write after it has made room. So either the writer sees
  /// the room, or the owner sees the header (tests/models/waiting.pml). The audio thread reads it when the
  /// ring is empty: if it is 0, the ring holds all that was written.
  std::atomic<std::uint32_t> waiting{0};

  /// Headers that a reset returned from outside the full ring: their messages come at their turn, from the
  /// stream's own list. Written under the write mutex; read by the owner.
  std::atomic<std::uint32_t> returned{0};

 protected:
  ~Lane() = default;

  /// Effects: stamps, flags and releases the blocks before `cursor`; nothing in a retired slot. `floor`: the
  /// stream's position after the last of them, the least answer once its header is flagged. Returns: how
  /// many. Thread: the seat's holder.
  REFWAVE_AUDIO_THREAD std::uint32_t finish_until(BlockRing::Cursor cursor, std::uint64_t floor) noexcept;

  Slot& slot_;

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
