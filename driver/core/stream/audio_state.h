// The part of an open stream that the audio thread uses: the ring of blocks, the position, and what plays or
// records them (PlaybackState, CaptureState). If a thread gets stuck inside, a fresh audio state replaces
// this one, which is kept because the thread may resume.
//
//   1  The owner of the stream's RtLock works with it, and has called enter().
//   2  A device serves it only while device() is the device's epoch, and only with a pipeline.
//   3  A queued header is flagged once: by finish_until() while the acquisition holds, or by give_back_all()
//      after the lock was seized. Both may meet at the block `finishing_` alone.
//   4  The position starts at 0 in each epoch of its clock, and only grows within it. At a period's end
//      floor_ <= published_ <= position_.
//   5  A lost audio state is sealed. `next` is set once, after its last block is released.
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

/// Which blocks the latency statistics time. A clock read costs as much as the rest of a client call.
enum class Timed : std::uint8_t { every_block, one_in_eight };

/// Device frames until the next block is done, if none is in sight.
inline constexpr std::uint32_t kNever = 0xFFFF'FFFFU;

class AudioState {
 public:
  virtual ~AudioState() = default;

  BlockRing& ring() noexcept { return ring_; }
  const dsp::Format& client() const noexcept { return client_; }
  /// Of the client's samples, before the volume or after the conversion of a recording.
  Meter& meter() noexcept { return meter_; }
  /// Returns: whether the newest period contained frames of this stream. Thread: any.
  bool is_sounding() const noexcept { return sounding_.load(std::memory_order_relaxed); }

  // --- the lock's owner ---

  REFWAVE_AUDIO_THREAD void enter(RtLock::Token acquisition) noexcept { acquisition_ = acquisition; }
  /// Returns: the epoch of the device that may serve it; 0: none.
  REFWAVE_AUDIO_THREAD std::uint32_t device() const noexcept { return device_; }
  /// `blocks`: to be timed; during a trace all are.
  void move_to(std::uint32_t device, Timed blocks) noexcept {
    device_ = device;
    timed_ = blocks;
  }
  bool has_pipeline() const noexcept { return pipeline_ != nullptr; }
  /// Returns: the previous pipeline.
  virtual std::unique_ptr<Pipeline> exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept = 0;
  /// Effects: finishes every queued block; a new epoch begins.
  virtual void return_all() noexcept = 0;
  /// Returns: when the last frame will have been heard, in ns of the monotonic clock; 0: not known.
  virtual std::int64_t playout_end_ns() const noexcept { return 0; }
  /// Effects: stamps, flags and releases the blocks before `cursor`, while the acquisition holds. `floor`:
  /// the position after the last of them. Returns: how many.
  REFWAVE_AUDIO_THREAD std::uint32_t finish_until(BlockRing::Cursor cursor, std::uint64_t floor) noexcept;

  /// Returns: whether a filter still holds frames for later periods. Thread: any.
  virtual bool has_tail() const noexcept { return false; }

  // --- a stuck thread; control threads, under the stream's mutex ---

  /// Returns: an empty audio state whose cursors continue this ring's. Throws std::bad_alloc.
  virtual std::unique_ptr<AudioState> make_fresh(PositionClock& clock) = 0;
  /// Returns: whether returned headers count in the position: yes for an output.
  virtual bool counts_given_back() const noexcept = 0;
  /// Effects: seals it, and flags every queued header. The lock was seized.
  void give_back_all() noexcept;
  /// Effects: sets the first position. Call it before any other thread sees this object.
  void begin_at(std::uint64_t position) noexcept { position_ = published_ = floor_ = position; }

  /// The successor. Stored with release; the messages' owner acquires it before it reads the ring.
  std::atomic<AudioState*> next{nullptr};
  // Keep the earlier lost audio states, and the clock that only the stuck thread writes.
  std::unique_ptr<AudioState> lost_before;
  std::unique_ptr<PositionClock> lost_clock;

 protected:
  /// Thread: control. Throws std::bad_alloc.
  AudioState(Stream& stream, const dsp::Format& client, std::uint32_t capacity, PositionClock& clock,
             BlockRing::Cursor first)
      : stream_(stream), clock_(clock), client_(client), ring_(capacity, first) {}

  /// Returns: whether we still hold the lock. To be checked after each access to the client's memory.
  REFWAVE_AUDIO_THREAD bool is_ours() const noexcept;
  /// Effects: moves the position to `end` in this cycle. `rate`: the client's frames per device second.
  REFWAVE_AUDIO_THREAD void publish(const Cycle& cycle, std::uint64_t end, double rate) noexcept;
  /// Effects: records the gap since begin_gap(), which this block ends.
  REFWAVE_AUDIO_THREAD void note_gap(const Block& block, std::int64_t ended_at) noexcept;
  /// Effects: the stream has no block from this cycle on.
  REFWAVE_AUDIO_THREAD void begin_gap(const Cycle& cycle) noexcept;
  /// Effects: position 0 in a new epoch. Nothing is queued.
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
  // The block whose flag is being stored. Relaxed: read long after.
  std::atomic<std::uint64_t> finishing_{kNothing};
  BlockRing ring_;
  Meter meter_;
};

}  // namespace refwave::core
