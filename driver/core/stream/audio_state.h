// What the audio thread touches of an open stream, on the heap: the ring of blocks, the position, and what
// plays or records them (PlaybackState, CaptureState). An audio thread that stays inside for too long loses
// its audio state: a fresh one replaces it, and the old one is kept, because that thread may resume.
//
//   1  The owner of the stream's RtLock works with it, and has called enter().
//   2  A device serves it only while device() is that device's epoch, and not without a pipeline.
//   3  A queued header is flagged once: by finish_until() while the acquisition holds, or after the lock was
//      seized by give_back_all(). Both may meet at the block `finishing_` alone.
//   4  The position begins anew with each epoch of its clock, and within one it only grows. At a period's end
//      floor_ <= published_ <= position_.
//   5  A lost audio state is sealed: its cursors move no more. `next` is set once, after its last block is
//      released.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "driver/core/conversion/pipeline.h"
#include "driver/core/handover/gap.h"
#include "driver/core/handover/position_clock.h"
#include "driver/core/handover/rt_lock.h"
#include "driver/core/ring/block_ring.h"
#include "driver/core/stream/cycle.h"
#include "driver/core/stream/meter.h"
#include "dsp/format.h"

namespace refwave::core {

class Stream;

/// Which blocks the latency statistics count. Reading the clock costs as much as everything else in a client
/// call by the audio thread, so where that thread calls clients itself, few blocks are timed.
enum class Timed : std::uint8_t { every_block, one_in_eight };

/// Device frames until the next block is done: no such block in sight.
inline constexpr std::uint32_t kNever = 0xFFFF'FFFFU;

class AudioState {
 public:
  virtual ~AudioState() = default;
  AudioState(const AudioState&) = delete;
  AudioState& operator=(const AudioState&) = delete;

  BlockRing& ring() noexcept { return ring_; }
  const dsp::Format& client() const noexcept { return client_; }
  /// Of the client's samples: before the volume, or after the conversion of what was recorded.
  Meter& meter() noexcept { return meter_; }
  /// Returns: whether the newest period had frames of it. Thread: any.
  bool is_sounding() const noexcept { return sounding_.load(std::memory_order_relaxed); }

  // --- the lock's owner ---

  /// Effects: the caller works with this acquisition of the stream's lock.
  REFWAVE_AUDIO_THREAD void enter(RtLock::Token acquisition) noexcept { acquisition_ = acquisition; }
  /// Returns: the epoch of the open device that may serve it; 0: none.
  REFWAVE_AUDIO_THREAD std::uint32_t device() const noexcept { return device_; }
  /// Effects: that device serves it. These blocks are timed from now on; while a trace runs all are.
  void move_to(std::uint32_t device, Timed blocks) noexcept {
    device_ = device;
    timed_ = blocks;
  }
  bool has_pipeline() const noexcept { return pipeline_ != nullptr; }
  /// Effects: uses this pipeline from now on. Returns: the pipeline before.
  virtual std::unique_ptr<Pipeline> exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept = 0;
  /// Effects: finishes every queued block; position 0 in a new epoch.
  virtual void return_all() noexcept = 0;
  /// Returns: when the last frame will have been heard, in ns of the monotonic clock; 0 if there is none, or
  /// if no clock knows it.
  virtual std::int64_t playout_end_ns() const noexcept { return 0; }
  /// Effects: stamps, flags and releases the blocks before `cursor`, as long as the acquisition holds.
  /// `floor`: the stream's position after the last of them, the least answer once its header is flagged.
  /// Returns: how many.
  REFWAVE_AUDIO_THREAD std::uint32_t finish_until(BlockRing::Cursor cursor, std::uint64_t floor) noexcept;

  /// Returns: whether a filter holds frames that the next periods will bring out. Thread: any.
  virtual bool has_tail() const noexcept { return false; }

  // --- a thread that stayed inside; control threads, under the stream's mutex ---

  /// Returns: an empty audio state in place of this one, whose cursors go on from this ring's. Throws
  /// std::bad_alloc.
  virtual std::unique_ptr<AudioState> make_fresh(PositionClock& clock) = 0;
  /// Returns: whether headers that are given back count in the position: a finished header has been played,
  /// but nothing was recorded in it.
  virtual bool counts_given_back() const noexcept = 0;
  /// Effects: seals the audio state, and flags every queued header. The caller has seized the lock.
  void give_back_all() noexcept;
  /// Effects: the stream's position is this, and all that is measured begins here. Before anybody uses this
  /// audio state.
  void begin_at(std::uint64_t position) noexcept { position_ = published_ = floor_ = position; }

  /// The audio state that took its place. Stored with release. Acquire: the messages' owner, before it looks
  /// at the ring.
  std::atomic<AudioState*> next{nullptr};
  // What keeps audio states that were lost, and the clock that only their threads write.
  std::unique_ptr<AudioState> lost_before;
  std::unique_ptr<PositionClock> lost_clock;

 protected:
  /// Thread: control. Throws std::bad_alloc.
  AudioState(Stream& stream, const dsp::Format& client, std::uint32_t capacity, PositionClock& clock,
             BlockRing::Cursor first)
      : stream_(stream), clock_(clock), client_(client), ring_(capacity, first) {}

  /// Returns: whether the acquisition still holds the lock. After each access to the client's memory, which
  /// may block for long, and before each flag.
  REFWAVE_AUDIO_THREAD bool is_ours() const noexcept;
  /// Effects: the position goes from the end of the last published span to `end` in the time of this cycle.
  /// `rate`: the client's frames in a second of the device. Thread: the lock's owner.
  REFWAVE_AUDIO_THREAD void publish(const Cycle& cycle, std::uint64_t end, double rate) noexcept;
  /// Effects: notes that the stream had nothing since begin_gap(), until it came to this block.
  REFWAVE_AUDIO_THREAD void note_gap(const Block& block, std::int64_t ended_at) noexcept;
  /// Effects: from this cycle on the stream has nothing.
  REFWAVE_AUDIO_THREAD void begin_gap(const Cycle& cycle) noexcept;
  /// Effects: position 0 in a new epoch. Nothing is queued. Thread: the lock's owner.
  void begin_epoch() noexcept;

  Stream& stream_;
  PositionClock& clock_;
  std::unique_ptr<Pipeline> pipeline_;  // to or from the device's format
  std::uint64_t position_ = 0;          // frames since open or reset, every pass of a loop counted
  std::uint64_t published_ = 0;         // the end of the last published span
  std::uint64_t floor_ = 0;             // position after the last finished block
  Gap gap_;                             // that began last
  std::atomic<bool> sounding_{false};   // the lock's owner → control threads

 private:
  static constexpr std::uint64_t kNothing = ~std::uint64_t{0};

  REFWAVE_AUDIO_THREAD void trace_finished(BlockRing::Cursor first, BlockRing::Cursor end,
                                           std::int64_t finished_ns) noexcept;

  const dsp::Format client_;
  RtLock::Token acquisition_ = 0;
  std::uint32_t device_ = 0;
  Timed timed_ = Timed::every_block;
  // The block whose flag is being stored; read where the audio state is given up. Relaxed: that is long
  // after.
  std::atomic<std::uint64_t> finishing_{kNothing};
  BlockRing ring_;
  Meter meter_;
};

}  // namespace refwave::core
