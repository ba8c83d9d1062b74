// One open stream. Each of its three sections has one right to use it: the control section a mutex, the audio
// section the seat, which the audio thread only tries to take, and the messages the pending count, which says
// who owns them. A stream is as old as the table that it lies in, so no thread looks at freed memory. The
// protocols are seat_and_reset.pml, close_and_reuse.pml and waiting.pml in tests/models.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "driver/core/handover/client_callback.h"
#include "driver/core/handover/position_clock.h"
#include "driver/core/ring/block_ring.h"
#include "driver/core/ring/cache.h"
#include "driver/core/stream/track.h"
#include "driver/core/stream/voice.h"
#include "driver/core/trace/trace.h"
#include "dsp/audio_thread.h"
#include "dsp/format.h"
#include "hal/device.h"
#include "hal/system/cache_line.h"

namespace refwave::engine {
class Engine;
}

namespace refwave::core {

/// `retired`: an audio thread died in the seat, and no thread takes it again. The dead thread is still
/// inside, and may wake up.
enum class Seat : std::uint32_t { vacant, audio, control, retired };

/// The state of the messages' owner. `idle`: between callbacks. `in_call`: inside a callback. `handed`: it
/// has left the stream to the closing thread, which had asked for it. `closed`: the closing thread no longer
/// waits for it.
enum class Call : std::uint32_t { idle, in_call, handed, closed };

/// The closer's share of the pending count.
inline constexpr std::uint32_t kCloserToken = 0x8000'0000U;

/// Counters of one stream. Each has one writer at a time, named beside it; `undelivered` and `awaited` may
/// have several, which do not use add(). Any thread reads. All accesses are relaxed.
struct StreamCounters {
  std::atomic<std::uint64_t> blocks{0};       // seat's holder: blocks released
  std::atomic<std::uint64_t> messages{0};     // owner: DriverCallback returned TRUE
  std::atomic<std::uint64_t> undelivered{0};  // owner: it returned FALSE; closer: gave up waiting
  std::atomic<std::uint64_t> underruns{0};    // audio thread; input: frames dropped because no block waited
  std::atomic<std::uint64_t> periods{0};      // audio thread: periods served
  std::atomic<std::uint64_t> skipped{0};      // audio thread: periods in which the seat was taken or wanted
  std::atomic<std::uint64_t> silenced{0};     // audio thread: NaN and infinities of a float client
  std::atomic<std::uint64_t> awaited{0};      // control threads, any number: tries that found the seat taken

  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) noexcept {
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
  std::uintptr_t untold = 0;               // the handle while its client is still being told of the open
  std::shared_ptr<engine::Engine> engine;  // whose device serves it; the rooms above use it
  Lane* lane = nullptr;                    // the voice or the track

  alignas(hal::kCacheLine) std::mutex mutex;  // before the seat in lock order
  /// Guarded by the table's mutex: from the beginning of open to the end of close.
  bool taken = false;
  /// Position of a retired stream, because nobody may publish its position any more. Written before the seat
  /// is retired, then under the mutex.
  std::atomic<std::uint64_t> silent_frames{0};

 private:
  /// A header outside the full ring. After a reset has flagged it, its message comes when the messages of the
  /// ring have reached the cursor `behind`. The header itself is not read again.
  struct Waiting {
    Block block;
    BlockRing::Cursor behind = 0;
  };
  // Lists, not lpNext: a client may free a header as soon as it is flagged, and its position in the order is
  // still needed.
  std::list<Waiting> waiting_;        // `waiting` is its size
  std::list<Waiting> returned_;       // flagged by a reset, not yet notified; `returned` is its size
  std::uint32_t open_loop_ = 0;       // headers of a loop whose end was not written yet
  BlockRing::Cursor loop_begin_ = 0;  // the ring cursor of the first of them
  std::int64_t silent_ns_ = 0;        // retired: when the first header began; 0: not retired before
  std::int64_t silent_seen_ns_ = 0;   // the time of the last look
  std::uint64_t silent_floor_ = 0;    // position after the last finished header

 public:
  // --- audio: the seat, and what it guards ---

  alignas(hal::kCacheLine) std::atomic<Seat> seat{Seat::vacant};  // by compare-exchange from vacant
  std::atomic<std::uint32_t> wanted{0};                           // control threads waiting for the seat
  std::atomic<std::uint32_t> device_epoch{0};  // the open device that may serve it; written under the seat
  std::atomic<bool> sounding{false};  // the newest period had frames of it; the seat's holder → control
  // What control threads tell the audio thread; relaxed, no seat.
  std::atomic<bool> running{false};                 // not paused (output), started (input)
  std::atomic<bool> break_loop{false};              // set by BREAKLOOP, cleared by the audio thread
  std::atomic<std::uint32_t> volume{0xFFFF'FFFFU};  // left in the low word, right in the high one
  // Stored with release, after the voice has what it needs for it (Voice::prepare_speed()).
  std::atomic<PackedSpeed> speed{kUnitySpeed};
  // The one of the two that exists is made by an open, before a device may serve it. It stays after a close
  // that gave up waiting, until the stream is used again; after a retirement, as long as the table.
  std::unique_ptr<Voice> voice;  // output
  std::unique_ptr<Track> track;  // input
  StreamTrace trace;             // set when the table is made

  // --- the messages ---

  /// Blocks released and not yet notified, and kCloserToken. Raised by the seat's holder, lowered by the
  /// owner. Zero means: nobody is inside, the ready bit is clear, the stream may be used again.
  alignas(hal::kCacheLine) std::atomic<std::uint32_t> pending{0};
  std::atomic<Call> call{Call::idle};           // owner and closer, by compare-exchange
  std::atomic<std::uintptr_t> owner_thread{0};  // who runs the callback; written and compared by that thread
  ClientCallback callback;                      // set at open, before anything is pending
  /// Headers that wait outside the full ring. Written under the mutex, by exchanges. A greater number is
  /// stored before the writer looks for room in the ring; a smaller number, after the headers have entered
  /// the ring. The owner reads it by a read-modify-write after it has made room. So either the writer sees
  /// the room, or the owner sees the header (tests/models/waiting.pml). The audio thread reads it when the
  /// ring is empty: if it is 0, the ring holds all that was written.
  std::atomic<std::uint32_t> waiting{0};
  /// Headers that a reset returned from outside the full ring: their messages come at their turn, from the
  /// stream's own list. Written under the mutex; read by the owner.
  std::atomic<std::uint32_t> returned{0};

  alignas(hal::kCacheLine) PositionClock position;
  alignas(hal::kCacheLine) StreamCounters counters;

  // --- calls of control threads, under the mutex unless something else is said ---

  /// Effects: a new stream is here: voice or track, and first values of everything but handle, engine and
  /// callback. Nobody is inside. Throws std::bad_alloc, and then nothing has changed.
  void furnish(hal::Direction direction, const dsp::Format& format, std::uint32_t ring_capacity,
               DoneWhen done_when);
  /// Effects: frees what furnish() made; not in a retired stream, because the audio thread that died in its
  /// seat may wake up.
  void clear_out() noexcept;
  const dsp::Format& format() const noexcept { return lane->client(); }
  /// Returns: its number in the table. Thread: any.
  std::size_t index() const noexcept { return trace.slot; }

  /// Effects: queues the block. Returns: false without memory, and for a loop longer than the ring; then
  /// nothing has changed.
  bool write(const Block& block);
  bool queued() const { return lane->ring().queued() || !waiting_.empty(); }
  /// Returns: as queued(), without the mutex. Thread: any. It misses only headers whose write does
  /// not happen before this call.
  bool has_something_to_do() const noexcept {
    // In this order: a header leaves the list after it has entered the ring. Acquire: pairs with
    // waiting_changed().
    return waiting.load(std::memory_order_acquire) != 0 || lane->ring().queued();
  }
  /// Effects: moves waiting headers into the ring, in the order of their writes.
  void refill() noexcept;
  /// Effects: finishes every queued header (a reset), the waiting ones too. Returns: the number of new
  /// messages. In the seat, unless it is retired.
  std::uint32_t return_all() noexcept;
  /// Effects: finishes the headers of a retired stream whose time is over, as if they had been played, or
  /// recorded without data. Each loop ends after one pass. Returns: the number of new messages. Thread: the
  /// housekeeper.
  std::uint32_t pass_silently(std::int64_t now_ns) noexcept;
  /// Returns: the number of messages of a retired stream that are in no pending count: its thread finished
  /// these blocks and died before it counted them. The caller has to count them. 0 while messages are
  /// pending.
  std::uint32_t uncounted() const noexcept;
  /// Returns: the number of messages that have not been taken. Thread: the owner, or a closer while the owner
  /// takes none, when no audio thread finishes blocks.
  std::uint32_t undelivered() const noexcept;

  /// Effects: takes the owner's next message out, in order; waiting headers move into the room that this
  /// makes. Returns: the message. Thread: the owner; takes the mutex only while headers wait outside the
  /// ring.
  Block take() noexcept {
    // Relaxed: the message came to this thread by the pending count, which was raised after the list was
    // made.
    if (returned.load(std::memory_order_relaxed) != 0) {
      const std::lock_guard lock(mutex);
      return take_locked();
    }
    const Block block = lane->ring().take();
    // After room was made. This is no plain load: if waiting_changed() comes later, write()'s next look finds
    // the room. Release: pairs with waiting_changed(). The mutex orders the rest.
    if (waiting.fetch_add(0, std::memory_order_release) != 0) {
      const std::lock_guard lock(mutex);
      refill();
    }
    return block;
  }

  // --- the seat, and the count ---

  /// Effects: takes the seat for the audio thread. Returns: false if it is taken or a control thread wants
  /// it.
  REFWAVE_AUDIO_THREAD bool sit_down() noexcept {
    // Relaxed: this only makes way for control threads. The exchange decides.
    if (wanted.load(std::memory_order_relaxed) != 0) return false;
    return try_seat(Seat::audio);
  }
  /// Acquire pairs with the release in stand_up(): the holder sees all that earlier holders did.
  REFWAVE_AUDIO_THREAD bool try_seat(Seat mine) noexcept {
    Seat vacant = Seat::vacant;
    return seat.compare_exchange_strong(vacant, mine, std::memory_order_acquire, std::memory_order_relaxed);
  }
  /// Release pairs with try_seat(). An exchange instead of a store, so that a seat that was retired meanwhile
  /// stays retired.
  REFWAVE_AUDIO_THREAD void stand_up(Seat mine) noexcept {
    seat.compare_exchange_strong(mine, Seat::vacant, std::memory_order_release, std::memory_order_relaxed);
  }
  /// Effects: gives up the seat for good, if an audio thread is in it. From then on the members that the seat
  /// guards must be left alone and never be freed. Returns: whether the seat is retired. Thread: control.
  bool retire(std::int64_t now_ns) noexcept {
    silent_frames.store(position.read(now_ns), std::memory_order_relaxed);
    Seat audio = Seat::audio;
    // Release: pairs with is_retired(). A thread that sees it sees the position.
    return seat.compare_exchange_strong(audio, Seat::retired, std::memory_order_release,
                                        std::memory_order_relaxed);
  }
  REFWAVE_AUDIO_THREAD bool is_retired() const noexcept {
    // Acquire: pairs with retire().
    return seat.load(std::memory_order_acquire) == Seat::retired;
  }

  /// Effects: prefetches what a finished block changes here.
  REFWAVE_AUDIO_THREAD void prefetch_messages() const noexcept {
    prefetch(&pending);
    prefetch(&position, sizeof position);
    prefetch(&counters);
  }

  /// Effects: adds released blocks to the count. Returns: true if the caller raised it from zero and so
  /// decides who the owner is. Release: the owner sees the released entries. Acquire: the caller sees the end
  /// of the last owner's work.
  REFWAVE_AUDIO_THREAD bool add_pending(std::uint32_t blocks) noexcept {
    // It pairs with Delivery's fetch_sub.
    return blocks != 0 && pending.fetch_add(blocks, std::memory_order_acq_rel) == 0;
  }

 private:
  bool loop_fits(const Block& block);
  Block take_locked() noexcept;
  void reset_silence() noexcept;
  bool finish_silently(std::int64_t now_ns) noexcept;
  void waiting_changed() noexcept;
};

}  // namespace refwave::core
