// One open stream. Each of its three sections has one access rule: the control section a mutex, the audio
// section an RtLock, which the audio thread only tries, and the messages a word that one thread owns.
//
//   1  A stream, its clocks and lost audio states live as long as its table: no thread reads freed memory.
//   2  `audio_state` is written with mutex and lock, in this order. An open needs no lock: no device serves
//      its audio state yet.
//   3  A queued header is in the ring, or in `waiting_` while the ring is full; a reset moves it to
//      `returned_`. Its message comes in the order of the writes.
//   4  `waiting` and `returned` are the lengths of these lists, except during put_back().
//   5  `waiting` grows before its writer looks for room in the ring, and shrinks after the headers have
//      entered it. The owner looks at it by a read-modify-write after it has made room. So either the writer
//      sees the room, or the owner the header.
//   6  Messages come from `source` until all of its blocks are delivered, and then from its successor.
//
// The protocols are audio_state.pml, delivery.pml and outside_the_ring.pml in tests/models.
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

/// Counters of one stream. Each has one writer at a time, named beside it; `undelivered` and `awaited` may
/// have several, which do not use add(). Any thread reads. All accesses are relaxed. An audio thread that
/// wakes up in an audio state that it has lost may cost a count.
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

/// Playback rate in the low half, pitch in the high one, each in units of 2^-16. Together, so that the audio
/// thread never sees one of them without the other.
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

  // The first line is read by every call and by the messages' owner, and written by open and close alone.
  alignas(hal::kCacheLine) std::atomic<std::uintptr_t> handle{0};  // 0: not open; read without the mutex
  std::atomic<std::uint32_t> bytes_per_frame{1};                   // likewise
  dsp::Quality quality = dsp::Quality::medium;                     // of a changed playback rate or pitch
  // The handle while its client is still being notified of the open.
  std::uintptr_t opening GUARDED_BY(mutex) = 0;
  alignas(hal::kCacheLine) hal::Mutex mutex;  // before the lock in lock order
  /// The next block ends a gap, and is to say what led to it. Audio thread, rarely → writers, who read it
  /// with each write and clear it; relaxed, because it orders nothing.
  std::atomic<bool> is_dry{false};

 private:
  /// A header outside the full ring. After a reset has flagged it, its message comes when the messages of the
  /// ring have reached the cursor `behind`. The header itself is not read again.
  struct Waiting {
    Block block;
    BlockRing::Cursor behind = 0;
  };
  // Lists, not lpNext: a client may free a header as soon as it is flagged, and its position in the order is
  // still needed.
  std::list<Waiting> waiting_ GUARDED_BY(mutex);
  std::list<Waiting> returned_ GUARDED_BY(mutex);  // flagged, not yet notified
  // Headers of a loop whose end was not written yet, and the ring cursor of the first of them.
  std::uint32_t open_loop_ GUARDED_BY(mutex) = 0;
  BlockRing::Cursor loop_begin_ GUARDED_BY(mutex) = 0;
  // Since open or reset; each header counts once.
  std::uint64_t written_frames_ GUARDED_BY(mutex) = 0;
  AudioState* newest_ =
      nullptr;  // the audio state that calls use; after a close until the messages are delivered
  std::unique_ptr<AudioState> owner_ GUARDED_BY(mutex);  // of the newest audio state, unless it is lost
  std::unique_ptr<PositionClock> clock_owner_ GUARDED_BY(mutex);
  std::unique_ptr<AudioState> lost_ GUARDED_BY(mutex);  // whose thread stayed inside

 public:
  // --- audio: the lock, and what it guards ---

  alignas(hal::kCacheLine) RtLock lock;
  /// Null while no stream is here. Stored with release: the audio state is whole.
  std::atomic<AudioState*> audio_state{nullptr};
  /// The position of the newest audio state. It serves the next stream, too, unless it is lost with its audio
  /// state. Stored with release; any thread reads.
  std::atomic<PositionClock*> clock{nullptr};
  /// An acquisition that has outlasted a change of devices, by which the supervisor replaces the audio state,
  /// or a control thread that waits for the lock; 0: none. Relaxed: engine → these.
  std::atomic<RtLock::Token> overdue{0};
  // What control threads tell the audio thread; relaxed, no lock.
  std::atomic<bool> running{false};                 // not paused (output), started (input)
  std::atomic<std::uint32_t> loop_breaks{0};        // counts BREAKLOOPs
  std::atomic<std::uint32_t> volume{0xFFFF'FFFFU};  // left in the low word, right in the high one
  // Stored with release, after the audio state has what it needs for it (PlaybackState::prepare_speed()).
  std::atomic<PackedSpeed> speed{kUnitySpeed};
  StreamTrace trace;               // set when the table is made
  EventRing<Gap>* gaps = nullptr;  // likewise; null: the slot is in no table

  // --- the messages ---

  alignas(hal::kCacheLine) DeliveryState delivery;  // who may call the client
  std::atomic<std::uintptr_t> caller{0};  // the thread that runs the callback; written and compared by it
  // A close inside the callback has begun. Relaxed: written by `caller`, and read by it, or after its end.
  std::atomic<bool> closes_inside{false};
  // Whose messages come next; the owner's. Relaxed: a closer that counts may look, too.
  std::atomic<AudioState*> source{nullptr};
  std::unique_ptr<LatencyHistogram> latency;  // buffer-done latency; the owner records
  /// The newest message: when its block was done, when this delivery began, and when the message was sent
  /// (0: not known). Owner → writers, each relaxed: who reads while they change mixes two messages.
  struct Newest {
    std::atomic<std::int64_t> done_at{0};
    std::atomic<std::int64_t> begun_at{0};  // 0: it begins with the next message
    std::atomic<std::int64_t> sent_at{0};
  } newest_message;
  ClientCallback callback;  // set at open, before callbacks may begin
  /// Written under the mutex, by exchanges. The audio thread reads it when the ring is empty: if it is 0, the
  /// ring holds all that was written.
  std::atomic<std::uint32_t> waiting{0};
  /// Written under the mutex, and by put_back(); read by the owner.
  std::atomic<std::uint32_t> returned{0};

  alignas(hal::kCacheLine) StreamCounters counters;
  /// When what was reported done while its sound was still in the device will have been heard, in ns of the
  /// monotonic clock; of the slot's earlier streams, too. It only grows. Written by the lock's owner, before
  /// the header is flagged; any thread reads. Relaxed: the flag's release orders it.
  std::atomic<std::int64_t> heard_ns{0};

  // --- calls of control threads ---

  /// Effects: a new stream is here: its audio state, and first values of everything but handle and callback.
  /// Nobody is inside. Throws std::bad_alloc, and then nothing has changed.
  void furnish(hal::Direction direction, const dsp::Format& format, std::uint32_t ring_capacity,
               Done done_when) REQUIRES(mutex);
  /// Effects: frees what furnish() made, unless it was lost.
  void clear_out() noexcept REQUIRES(mutex);
  /// Returns: what the audio thread works with; after a detach() the messages' owner still needs it. Only
  /// between open and close.
  AudioState& audio() const noexcept { return *newest_; }
  PlaybackState& playback() const noexcept { return static_cast<PlaybackState&>(*newest_); }
  CaptureState& capture() const noexcept { return static_cast<CaptureState&>(*newest_); }
  const dsp::Format& format() const noexcept { return newest_->client(); }
  /// Returns: its number in the table. Thread: any.
  std::size_t index() const noexcept { return trace.slot; }
  /// Returns: frames since open or reset. Thread: any; takes no lock.
  std::uint64_t position(std::int64_t now_ns) const noexcept {
    // Acquire, both: pair with furnish() and replace_state().
    for (PositionClock* read = clock.load(std::memory_order_acquire);;) {
      const std::uint64_t frames = read->read(now_ns);
      PositionClock* const newest = clock.load(std::memory_order_acquire);
      // The audio state was replaced meanwhile, and the answer may be beyond the fresh clock's.
      if (std::exchange(read, newest) == newest) return frames;
    }
  }

  /// Effects: queues the block. Returns: false without memory, and for a loop longer than the ring; then
  /// nothing has changed.
  bool write(const Block& block) REQUIRES(mutex);
  /// Returns: frames of the queued headers. Thread: control.
  std::uint64_t queued_frames() const noexcept REQUIRES(mutex);
  bool queued() const REQUIRES(mutex) { return newest_->ring().queued() || !waiting_.empty(); }
  /// Returns: whether something is queued, or sounded in the newest period; without the mutex. Thread: any,
  /// while the stream is attached to its engine. It misses only headers whose write does not happen before
  /// this call.
  bool has_something_to_do() const noexcept {
    // In this order: a header leaves the list after it has entered the ring, and the ring after it has
    // sounded. Acquire: pairs with waiting_changed().
    if (waiting.load(std::memory_order_acquire) != 0) return true;
    // Acquire: pairs with furnish() and replace_state().
    AudioState& here = *audio_state.load(std::memory_order_acquire);
    return here.ring().queued() || here.is_sounding();
  }
  /// Effects: moves waiting headers into the ring, in the order of their writes.
  void refill() noexcept REQUIRES(mutex);
  /// Effects: finishes every queued header (a reset), the waiting ones too. The caller has the lock.
  void return_all() noexcept REQUIRES(mutex);

  /// What takes the place of an audio state whose thread stays inside.
  struct Spare {
    std::unique_ptr<PositionClock> clock;
    std::unique_ptr<AudioState> state;
  };
  /// Throws std::bad_alloc.
  Spare make_spare() REQUIRES(mutex);
  /// Effects: gives every queued header back, once and in order, and puts the spare audio state in the place
  /// of the old one, which is kept as long as the table. An output's position counts what was given back. The
  /// caller has seized the lock; it then posts, and has the engine serve the stream again.
  void replace_state(Spare spare) noexcept REQUIRES(mutex);
  /// Effects: the audio state is lost with the thread that stays inside. The caller has seized the lock, and
  /// closes the stream: nothing is queued.
  void lose_state() noexcept REQUIRES(mutex);
  /// Returns: how many audio states were lost here.
  std::size_t lost() const noexcept REQUIRES(mutex);

  /// Returns: the audio state whose messages come next. Thread: the owner; a closer, to count.
  REFWAVE_AUDIO_THREAD AudioState& next_notified() const noexcept {
    return *source.load(std::memory_order_relaxed);
  }
  /// Returns: the number of messages that have not been taken; exact while no other thread finishes or takes
  /// any.
  std::uint32_t undelivered() const noexcept;

  /// Effects: takes the next message out, in order; waiting headers move into the room that this makes.
  /// Returns: the message, or none. Thread: the owner; takes the mutex only while headers wait outside the
  /// ring.
  std::optional<Block> take() noexcept {
    for (;;) {
      AudioState& here = next_notified();
      // In this order: an audio state has a next one when all its blocks are released, and what was released
      // after a reset must not pass by the reset's list. Acquire: pairs with replace_state().
      AudioState* const next = here.next.load(std::memory_order_acquire);
      const bool has_released = here.ring().has_released();
      // Relaxed: one of the looks before, or at the word, has acquired it.
      if (returned.load(std::memory_order_relaxed) != 0) {
        const hal::MutexLock guard(mutex);
        return take_locked();
      }
      if (has_released) break;
      if (next == nullptr) return std::nullopt;
      source.store(next, std::memory_order_relaxed);
    }
    const Block block = next_notified().ring().take();
    // After room was made. This is no plain load: if waiting_changed() comes later, write()'s next look finds
    // the room. Release: pairs with waiting_changed(). The mutex orders the rest.
    if (waiting.fetch_add(0, std::memory_order_release) != 0) {
      const hal::MutexLock guard(mutex);
      refill();
    }
    return block;
  }
  /// Effects: as take(), for a thread that may not lock. Returns: none also if a mutex is needed: see
  /// needs_the_mutex(), or if the next message is in another audio state.
  REFWAVE_AUDIO_THREAD std::optional<Block> take_unlocked() noexcept {
    if (!next_notified().ring().has_released() || needs_the_mutex()) return std::nullopt;
    return next_notified().ring().take();
  }
  /// Returns: whether the next message comes from a list, or headers outside the ring move up when it makes
  /// room. A header that begins to wait after this look moves up with the next message, because all others of
  /// the ring are still to come. If those belong to a loop whose end waits too, the supervisor's next look
  /// moves the header up. Thread: the owner.
  REFWAVE_AUDIO_THREAD bool needs_the_mutex() const noexcept {
    // Relaxed: a notifier looks at the headers themselves, under the mutex.
    return returned.load(std::memory_order_relaxed) != 0 || waiting.load(std::memory_order_relaxed) != 0;
  }
  /// Returns: whether there is a message, perhaps one that needs the mutex or is in another audio state.
  /// Thread: the owner.
  REFWAVE_AUDIO_THREAD bool has_message() const noexcept {
    return next_notified().ring().has_released() || returned.load(std::memory_order_relaxed) != 0 ||
           next_notified().next.load(std::memory_order_relaxed) != nullptr;
  }
  /// Effects: a message that was taken counts as undelivered again. Only the number matters, because nobody
  /// takes messages of a stream any more whose callbacks may not begin. Thread: the owner.
  REFWAVE_AUDIO_THREAD void put_back() noexcept {
    // Relaxed: the owner's leave() releases it.
    returned.fetch_add(1, std::memory_order_relaxed);
  }

  /// Effects: prefetches what a finished block changes here.
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
