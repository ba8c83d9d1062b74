// The control thread's view of one open stream: its format, its voice or track, and the headers that wait
// outside a full ring. The write mutex of the stream's place (places.h) guards everything here, except where
// a comment says otherwise.
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
  /// Returns: as queued(), without the mutex. Thread: any. It misses only headers whose write does not happen
  /// before this call.
  bool has_something_to_do() const noexcept {
    // In this order: a header leaves the list after it has entered the ring. Acquire: pairs with
    // waiting_changed().
    return lane_->waiting.load(std::memory_order_acquire) != 0 || lane_->ring().queued();
  }

  /// Effects: moves waiting headers into the ring, in the order of their writes.
  void refill() noexcept;

  /// Effects: finishes every queued header (a reset), the waiting ones too. Returns: the number of new
  /// messages. `seat`: the caller's, in this stream's slot.
  std::uint32_t return_all(const ControlSeat& seat) noexcept;

  /// Effects: finishes the headers of a retired slot whose time is over, as if they had been played, or
  /// recorded without data. Each loop ends after one pass. Returns: the number of new messages. Thread: the
  /// housekeeper.
  std::uint32_t pass_silently(std::int64_t now_ns) noexcept;

  /// Returns: the number of messages of a retired slot that are in no pending count: its thread finished
  /// these blocks and died before it counted them. The caller has to count them. 0 while messages are
  /// pending. Under the mutex.
  std::uint32_t uncounted() const noexcept;
  /// Returns: the number of messages that have not been taken. Thread: the slot's owner, or a closer while
  /// the owner takes none, under the mutex, when no audio thread finishes blocks.
  std::uint32_t untold() const noexcept;

  /// Effects: takes the owner's next message out, in order; waiting headers move into the room that this
  /// makes. Returns: the message. Thread: the slot's owner; takes `mutex` only while headers wait outside the
  /// ring.
  template <typename Mutex>
  core::Block take(Mutex& mutex) noexcept {
    // Relaxed: the message came to this thread by the pending count, which was raised after the list was
    // made.
    if (lane_->returned.load(std::memory_order_relaxed) != 0) {
      const std::lock_guard lock(mutex);
      return take_locked();
    }
    const core::Block block = lane_->ring().take();
    // After room was made. This is no plain load: if waiting_changed() comes later, write()'s next look finds
    // the room. Release: pairs with waiting_changed(). The mutex orders the rest.
    if (lane_->waiting.fetch_add(0, std::memory_order_release) != 0) {
      const std::lock_guard lock(mutex);
      refill();
    }
    return block;
  }

 private:
  /// A header outside the full ring. After a reset has flagged it, its message comes when the messages of the
  /// ring have reached the cursor `behind`. The header itself is not read again.
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
  core::Lane* lane_;                    // the one of the two that exists
  // Lists, not lpNext: a client may free a header as soon as it is flagged, and its position in the order is
  // still needed.
  std::list<Waiting> waiting_;              // lane.waiting is its size
  std::list<Waiting> returned_;             // flagged by a reset, not yet notified; lane.returned is its size
  std::uint32_t open_loop_ = 0;             // headers of a loop whose end was not written yet
  core::BlockRing::Cursor loop_begin_ = 0;  // the ring cursor of the first of them
  std::int64_t silent_ns_ = 0;       // in a retired slot: when the first header began; 0: not retired before
  std::int64_t silent_seen_ns_ = 0;  // the time of the last look
  std::uint64_t silent_floor_ = 0;   // position after the last finished header
};

}  // namespace refwave::stream
