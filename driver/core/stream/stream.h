// One open stream. Its sections have one access rule each: control a mutex, audio an RtLock that the audio
// thread only tries, messages a word that one thread owns. Models: audio_state.pml, delivery.pml,
// outside_the_ring.pml in tests/models.
//
//   1  A stream, its clocks and its lost audio states live as long as the table.
//   2  `audio_state` is written with mutex and lock, in this order; at an open with the mutex alone.
//   3  A queued header is in the ring, or in `waiting_` while the ring is full; a reset moves it to
//      `returned_`. Messages come in the order of the writes.
//   4  `waiting` and `returned` are the lengths of these lists, except during put_back().
//   5  `waiting` grows before its writer looks for room in the ring, and shrinks after the headers have
//      entered it. The owner reads it by a read-modify-write after it has made room. So the writer sees the
//      room, or the owner the header.
//   6  Messages come from `source` until all its blocks are delivered, then from its successor.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "driver/core/handover/client_callback.h"
#include "driver/core/handover/delivery_state.h"
#include "driver/core/handover/gap.h"
#include "driver/core/handover/latency_histogram.h"
#include "driver/core/handover/position_clock.h"
#include "driver/core/handover/rt_lock.h"
#include "driver/core/ring/block_ring.h"
#include "driver/core/ring/cache.h"
#include "driver/core/stream/capture_state.h"
#include "driver/core/stream/playback_state.h"
#include "driver/core/trace/trace.h"
#include "driver/core/trace/trace_ring.h"
#include "dsp/audio_thread.h"
#include "dsp/format.h"
#include "hal/device.h"
#include "hal/system/cache_line.h"
#include "hal/system/mutex.h"

namespace refwave::core {

/// Each counter has one writer at a time, except `undelivered` and `awaited`, which do not use add().
/// Relaxed; any thread reads. A stuck thread that resumes may cost a count.
struct StreamCounters {
  std::atomic<std::uint64_t> blocks{0};       // lock's owner: blocks released
  std::atomic<std::uint64_t> messages{0};     // owner: DriverCallback returned TRUE
  std::atomic<std::uint64_t> undelivered{0};  // owner: it returned FALSE; closer: gave up waiting
  std::atomic<std::uint64_t> underruns{0};    // audio thread; input: frames dropped because no block waited
  std::atomic<std::uint64_t> periods{0};      // audio thread: periods served
  std::atomic<std::uint64_t> skipped{0};      // audio thread: periods in which the lock was taken or wanted
  std::atomic<std::uint64_t> silenced{0};     // audio thread: NaN and infinities of a float client
  std::atomic<std::uint64_t> awaited{0};      // control threads, any number: tries that found the lock taken

  REFWAVE_AUDIO_THREAD static void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void clear() noexcept {
    for (auto* counter :
         {&blocks, &messages, &undelivered, &underruns, &periods, &skipped, &silenced, &awaited})
      counter->store(0, std::memory_order_relaxed);
  }
};

/// Rate in the low half, pitch in the high half, in units of 2^-16: one word, so a consistent pair.
using PackedSpeed = std::uint64_t;
inline constexpr PackedSpeed packed_speed(std::uint32_t rate, std::uint32_t pitch) noexcept {
  return PackedSpeed{pitch} << 32 | rate;
}
inline constexpr std::uint32_t rate_of(PackedSpeed speed) noexcept {
  return static_cast<std::uint32_t>(speed);
}
inline constexpr std::uint32_t pitch_of(PackedSpeed speed) noexcept {
  return static_cast<std::uint32_t>(speed >> 32);
}
inline constexpr PackedSpeed kUnitySpeed = packed_speed(0x1'0000, 0x1'0000);

class Stream {
 public:
  // --- control: written under the mutex ---

  // Read by every call and by the messages' owner, written only by open and close.
  alignas(hal::kCacheLine) std::atomic<std::uintptr_t> handle{0};  // 0: not open; read without the mutex
  std::atomic<std::uint32_t> bytes_per_frame{1};                   // also read without it
  dsp::Quality quality = dsp::Quality::medium;                     // of a changed playback rate or pitch
  // The handle while its client is being notified of the open.
  std::uintptr_t opening GUARDED_BY(mutex) = 0;
  alignas(hal::kCacheLine) hal::Mutex mutex;  // before the lock in lock order
  /// The next block ends a gap, and carries a Prompt. The audio thread sets it, writers clear it. Relaxed.
  std::atomic<bool> is_dry{false};
  /// The thread that wrote the newest block with a Prompt. Writers → audio thread; the push orders it.
  std::atomic<std::uint32_t> writer{0};

 private:
  /// A header outside the full ring. After a reset its message follows that of the cursor `behind`.
  struct Waiting {
    Block block;
    BlockRing::Cursor behind = 0;
  };
  // Lists, not lpNext: a client may free a header once it is flagged.
  std::list<Waiting> waiting_ GUARDED_BY(mutex);
  std::list<Waiting> returned_ GUARDED_BY(mutex);  // flagged, not yet notified
  // Headers of a loop whose end is not yet written, and the ring cursor of the first.
  std::uint32_t open_loop_ GUARDED_BY(mutex) = 0;
  BlockRing::Cursor loop_begin_ GUARDED_BY(mutex) = 0;
  // Since open or reset; each header counts once.
  std::uint64_t written_frames_ GUARDED_BY(mutex) = 0;
  AudioState* newest_ =
      nullptr;  // the audio state that calls use; after a close until the messages are delivered
  std::unique_ptr<AudioState> owner_ GUARDED_BY(mutex);  // of the newest audio state, unless it is lost
  std::unique_ptr<PositionClock> clock_owner_ GUARDED_BY(mutex);
  std::unique_ptr<AudioState> lost_ GUARDED_BY(mutex);  // those of stuck threads

 public:
  // --- audio: the lock, and what it guards ---

  alignas(hal::kCacheLine) RtLock lock;
  /// Null while the slot is free. Stored with release: the audio state is whole.
  std::atomic<AudioState*> audio_state{nullptr};
  /// The newest audio state's clock; the next stream reuses it unless it is lost. Release; any thread reads.
  std::atomic<PositionClock*> clock{nullptr};
  /// An acquisition that has outlasted a change of devices: its audio state is to be replaced; 0: none.
  std::atomic<RtLock::Token> overdue{0};
  // Control threads → the audio thread; relaxed.
  std::atomic<bool> running{false};                 // not paused (output), started (input)
  std::atomic<std::uint32_t> loop_breaks{0};        // counts BREAKLOOPs
  std::atomic<std::uint32_t> volume{0xFFFF'FFFFU};  // left in the low word, right in the high one
  // Stored with release, after PlaybackState::prepare_speed().
  std::atomic<PackedSpeed> speed{kUnitySpeed};
  StreamTrace trace;               // set when the table is made
  EventRing<Gap>* gaps = nullptr;  // likewise; null: the slot is in no table

  // --- the messages ---

  alignas(hal::kCacheLine) DeliveryState delivery;  // who may call the client
  std::atomic<std::uintptr_t> caller{0};  // the thread that runs the callback; written and compared by it
  // A close inside the callback has begun. Relaxed: `caller` writes and reads it, or a thread after its end.
  std::atomic<bool> closes_inside{false};
  // Whose messages come next; used by the owner. Relaxed: a closer may read it to count.
  std::atomic<AudioState*> source{nullptr};
  std::unique_ptr<LatencyHistogram> latency;  // buffer-done latency; the owner records
  /// The newest message: when its block was done, when this delivery began, when the message was sent; 0: not
  /// known. Owner → writers; relaxed: a writer that reads meanwhile mixes two messages.
  struct Newest {
    std::atomic<std::int64_t> done_at{0};
    std::atomic<std::int64_t> begun_at{0};  // 0: the next message begins it
    std::atomic<std::int64_t> sent_at{0};
  } newest_message;
  ClientCallback callback;  // set at open, before callbacks may begin
  /// Written under the mutex, by exchanges. 0: everything written is in the ring.
  std::atomic<std::uint32_t> waiting{0};
  /// Written under the mutex, and by put_back(); read by the owner.
  std::atomic<std::uint32_t> returned{0};

  alignas(hal::kCacheLine) StreamCounters counters;
  /// When everything reported done in this slot will have been heard, in ns of the monotonic clock; only
  /// grows. Written by the lock's owner before the flag, whose release orders it; any thread reads.
  std::atomic<std::int64_t> heard_ns{0};

  // --- calls of control threads ---

  /// Effects: initialises all but handle and callback. Throws std::bad_alloc; then nothing has changed.
  void furnish(hal::Direction direction, const dsp::Format& format, std::uint32_t ring_capacity,
               Done done_when) REQUIRES(mutex);
  /// Effects: frees what furnish() made, unless it was lost.
  void clear_out() noexcept REQUIRES(mutex);
  /// Between open and close; after a detach() only the messages' owner needs it.
  AudioState& audio() const noexcept { return *newest_; }
  PlaybackState& playback() const noexcept { return static_cast<PlaybackState&>(*newest_); }
  CaptureState& capture() const noexcept { return static_cast<CaptureState&>(*newest_); }
  const dsp::Format& format() const noexcept { return newest_->client(); }
  std::size_t index() const noexcept { return trace.slot; }
  /// Returns: frames since open or reset. Thread: any; takes no lock.
  std::uint64_t position(std::int64_t now_ns) const noexcept {
    // Acquire, both: pair with furnish() and replace_state().
    for (PositionClock* read = clock.load(std::memory_order_acquire);;) {
      const std::uint64_t frames = read->read(now_ns);
      PositionClock* const newest = clock.load(std::memory_order_acquire);
      // The audio state was replaced, so the answer may be ahead of the fresh clock.
      if (std::exchange(read, newest) == newest) return frames;
    }
  }

  /// Errors: false without memory, and for a loop longer than the ring.
  bool write(const Block& block) REQUIRES(mutex);
  /// Returns: frames of the queued headers. Thread: control.
  std::uint64_t queued_frames() const noexcept REQUIRES(mutex);
  bool queued() const REQUIRES(mutex) { return newest_->ring().queued() || !waiting_.empty(); }
  /// Returns: whether something is queued, or sounded in the newest period; misses only concurrent writes.
  bool has_something_to_do() const noexcept {
    // In this order: a header goes from the list to the ring to sound. Acquire: pairs with waiting_changed().
    if (waiting.load(std::memory_order_acquire) != 0) return true;
    // Acquire: pairs with furnish() and replace_state().
    AudioState& here = *audio_state.load(std::memory_order_acquire);
    return here.ring().queued() || here.is_sounding();
  }
  /// Effects: moves waiting headers into the ring.
  void refill() noexcept REQUIRES(mutex);
  /// Effects: finishes every queued header, waiting ones included. With the lock.
  void return_all() noexcept REQUIRES(mutex);

  /// What replaces the audio state of a stuck thread.
  struct Spare {
    std::unique_ptr<PositionClock> clock;
    std::unique_ptr<AudioState> state;
  };
  /// Throws std::bad_alloc.
  Spare make_spare() REQUIRES(mutex);
  /// Effects: returns every queued header in order, and installs the spare audio state; the old one is kept.
  /// An output's position counts them. The caller then posts, and has the stream served again.
  void replace_state(Spare spare) noexcept REQUIRES(mutex);
  /// Effects: keeps the audio state for its stuck thread. The lock was seized, and nothing is queued.
  void lose_state() noexcept REQUIRES(mutex);

  /// Returns: the audio state whose messages come next. Thread: the owner; a closer, to count.
  REFWAVE_AUDIO_THREAD AudioState& next_notified() const noexcept {
    return *source.load(std::memory_order_relaxed);
  }
  /// Returns: messages not yet taken; exact while no other thread finishes or takes any.
  std::uint32_t undelivered() const noexcept;

  /// Effects: takes the next message, in order, and moves waiting headers into the freed entry. Thread: the
  /// owner. Takes the mutex only while headers are outside the ring.
  std::optional<Block> take() noexcept {
    for (;;) {
      AudioState& here = next_notified();
      // In this order, because a successor exists only when all blocks are released, and blocks released
      // after a reset must not overtake the reset's list. Acquire: pairs with replace_state().
      AudioState* const next = here.next.load(std::memory_order_acquire);
      const bool has_released = here.ring().has_released();
      // Relaxed: an earlier load, of this or of the delivery word, has acquired it.
      if (returned.load(std::memory_order_relaxed) != 0) {
        const hal::MutexLock guard(mutex);
        return take_locked();
      }
      if (has_released) break;
      if (next == nullptr) return std::nullopt;
      source.store(next, std::memory_order_relaxed);
    }
    const Block block = next_notified().ring().take();
    // After an entry was freed. Not a plain load, so that write()'s next check finds the entry if
    // waiting_changed() comes later. Release: pairs with waiting_changed(). The mutex orders the rest.
    if (waiting.fetch_add(0, std::memory_order_release) != 0) {
      const hal::MutexLock guard(mutex);
      refill();
    }
    return block;
  }
  /// As take(), without the mutex: none if that is needed, or the message is in another audio state.
  REFWAVE_AUDIO_THREAD std::optional<Block> take_unlocked() noexcept {
    if (!next_notified().ring().has_released() || needs_the_mutex()) return std::nullopt;
    return next_notified().ring().take();
  }
  /// Returns: whether the next message comes from a list, or makes room for a waiting header. A header that
  /// begins to wait after this check moves up with the next message; if it waits behind a loop whose end is
  /// also waiting, at the supervisor's next tick. Thread: the owner.
  REFWAVE_AUDIO_THREAD bool needs_the_mutex() const noexcept {
    // Relaxed: a notifier reads the lists under the mutex.
    return returned.load(std::memory_order_relaxed) != 0 || waiting.load(std::memory_order_relaxed) != 0;
  }
  /// Returns: whether there is a message, perhaps one that needs the mutex. Thread: the owner.
  REFWAVE_AUDIO_THREAD bool has_message() const noexcept {
    return next_notified().ring().has_released() || returned.load(std::memory_order_relaxed) != 0 ||
           next_notified().next.load(std::memory_order_relaxed) != nullptr;
  }
  /// Effects: counts a taken message as undelivered again, in a stream that is shut. Thread: the owner.
  REFWAVE_AUDIO_THREAD void put_back() noexcept {
    // Relaxed: the owner's leave() releases it.
    returned.fetch_add(1, std::memory_order_relaxed);
  }

  REFWAVE_AUDIO_THREAD void prefetch_messages() const noexcept {
    prefetch(&delivery);
    prefetch(clock.load(std::memory_order_relaxed), sizeof(PositionClock));
    prefetch(&counters);
  }

 private:
  bool queue(const Block& block) REQUIRES(mutex);
  void note_prompt(Block& block) noexcept REQUIRES(mutex);
  bool loop_fits(const Block& block) REQUIRES(mutex);
  std::optional<Block> take_locked() noexcept REQUIRES(mutex);
  void return_waiting(BlockRing::Cursor behind) noexcept REQUIRES(mutex);
  void waiting_changed() noexcept REQUIRES(mutex);
};

}  // namespace refwave::core
