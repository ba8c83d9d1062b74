// The control thread's view of one open stream: its format, its voice or track, and the headers that wait
// behind a full ring. Everything here is guarded by the write mutex of the stream's place (streams.h), but
// what says otherwise.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "driver/core/lanes/track.h"
#include "driver/core/lanes/voice.h"
#include "driver/core/ring/client_header.h"
#include "driver/stream/client_access.h"
#include "driver/stream/control_seat.h"
#include "driver/stream/error.h"
#include "hal/device.h"

namespace refwave::stream {

class Stream {
 public:
  /// Throws std::bad_alloc.
  Stream(core::Slot& slot, hal::Direction direction, const dsp::Format& format, std::uint32_t ring_capacity,
         core::DoneWhen done_when);

  hal::Direction direction() const { return direction_; }
  const dsp::Format& format() const { return lane_->client(); }
  core::Lane& lane() { return *lane_; }
  core::Voice* voice() { return voice_.get(); }
  core::Track* track() { return track_.get(); }

  /// Effects: queues the header. Errors: no_memory (also a loop longer than the ring), and then nothing has
  /// changed.
  Error write(const Submission& submission);
  bool queued() const { return lane_->ring().queued() || !waiting_.empty(); }
  /// Returns: as queued(), without the mutex. Thread: any; what it misses was written after the caller's last
  /// read-modify-write of Engine's running_.
  bool has_something_to_do() const noexcept {
    // In this order: a header leaves the list after it has entered the ring.
    return lane_->waiting.load(std::memory_order_acquire) != 0 || lane_->ring().queued();
  }

  /// Effects: fills the ring from the headers that wait. The blocks' order is the writes'.
  void refill() noexcept;

  /// Effects: finishes every queued header (a reset), the waiting ones too. Returns: how many messages that
  /// makes. `seat`: the caller's, in this stream's slot.
  std::uint32_t return_all(const ControlSeat& seat) noexcept;

  /// Effects: finishes the headers of a retired slot whose time is over, as if they had been played or filled
  /// with nothing in them; every loop's pass is its last. Returns: how many messages that makes. Thread: the
  /// housekeeper.
  std::uint32_t pass_silently(std::int64_t now_ns) noexcept;

  /// Returns: messages of a retired slot that are nobody's: of blocks that its thread had finished before it
  /// died in the same period, and not yet counted. They are the caller's to count, if nothing is pending.
  std::uint32_t uncounted() const noexcept;

  /// Effects: headers that wait move up into the room that this makes. Returns: the next message of the
  /// owner, in order. Thread: the slot's owner; takes `mutex` only while headers wait outside the ring.
  template <typename Mutex>
  core::Block take(Mutex& mutex) noexcept {
    if (lane_->returned.load(std::memory_order_acquire) != 0) {  // pairs with return_all()
      const std::lock_guard lock(mutex);
      return take_locked();
    }
    const core::Block block = lane_->ring().take();
    // After room was made, and no load: if waiting_changed() comes later, write()'s next look finds the room.
    if (lane_->waiting.fetch_add(0, std::memory_order_acq_rel) != 0) {
      const std::lock_guard lock(mutex);
      refill();
    }
    return block;
  }

 private:
  /// A header behind the ring. Once a reset has flagged it its message comes when the ring's messages have
  /// reached `behind`; the header itself is not looked at again.
  struct Waiting {
    core::Block block;
    core::BlockRing::Cursor behind = 0;
  };

  bool loop_fits(const core::Block& block);
  core::Block take_locked() noexcept;
  void reset_silence() noexcept;
  bool finish_silently(std::int64_t now_ns) noexcept;
  void waiting_changed() noexcept;

  core::Slot& slot_;
  const hal::Direction direction_;
  std::unique_ptr<core::Voice> voice_;  // output
  std::unique_ptr<core::Track> track_;  // input
  core::Lane* lane_;                    // whichever of the two there is
  // Lists, not lpNext: a client may free a header as soon as it is flagged, and its place in the order is
  // still needed.
  std::list<Waiting> waiting_;              // lane.waiting is its size
  std::list<Waiting> returned_;             // flagged by a reset, not yet notified; lane.returned is its size
  std::uint32_t open_loop_ = 0;             // headers since a loop's beginning whose end was not written yet
  core::BlockRing::Cursor loop_begin_ = 0;  // where the first of them is, or will be, in the ring
  std::int64_t silent_ns_ = 0;       // in a retired slot: when the first header began; 0: not retired before
  std::int64_t silent_seen_ns_ = 0;  // and when that was last looked at
  std::uint64_t silent_floor_ = 0;   // position after the last finished header
};

}  // namespace refwave::stream
