// The part of one open stream that the audio thread, a notifier and control threads share. The seat decides
// which thread may touch the voice; the pending count decides which thread owns the messages. A slot is as
// old as the driver, so nothing in it is freed while a thread may read it. The protocols are
// seat_and_reset.pml and close_and_reuse.pml in tests/models.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "driver/core/handover/client_callback.h"
#include "driver/core/handover/position_clock.h"
#include "driver/core/ring/block_ring.h"
#include "driver/core/ring/cache.h"
#include "driver/core/trace/trace.h"
#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

class Lane;
class Voice;
class Track;

/// `retired`: an audio thread died in the seat, and no thread takes it again. The dead thread is still
/// inside, and may wake up.
enum class Seat : std::uint32_t { vacant, audio, control, retired };

/// The state of the slot's owner. `idle`: between callbacks. `in_call`: inside a callback. `handed`: it has
/// left the slot to the closing thread, which had asked for it. `closed`: the closing thread no longer waits
/// for it.
enum class Call : std::uint32_t { idle, in_call, handed, closed };

/// The closer's share of the pending count.
inline constexpr std::uint32_t kCloserToken = 0x8000'0000U;

/// Counters of one stream. Each has one writer at a time, named beside it; `undelivered` and `awaited` may
/// have several, which do not use add(). Any thread reads. All accesses are relaxed.
struct SlotCounters {
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

struct alignas(hal::kCacheLine) Slot {
  // --- the seat and what it guards ---
  std::atomic<Seat> seat{Seat::vacant};  // audio and control threads, by compare-exchange from vacant
  std::atomic<std::uint32_t> wanted{0};  // control threads waiting for the seat
  // The open device that may serve this slot. Written under the seat.
  std::atomic<std::uint32_t> device_epoch{0};
  std::shared_ptr<void> remains;      // a retired slot's stream: kept, because it may still be in use
  Voice* voice = nullptr;             // guarded by the seat; output
  Track* track = nullptr;             // guarded by the seat; input
  std::atomic<bool> sounding{false};  // the newest period had frames of it; the seat's holder → control
  /// Position of a retired slot, because nobody may publish its position any more. Written before the slot is
  /// retired, then under the write mutex.
  std::atomic<std::uint64_t> silent_frames{0};

  // --- what control threads tell the audio thread; plain atomics, relaxed, no seat ---
  std::atomic<bool> running{false};                 // not paused (output), started (input)
  std::atomic<bool> break_loop{false};              // set by BREAKLOOP, cleared by the audio thread
  std::atomic<std::uint32_t> volume{0xFFFF'FFFFU};  // left in the low word, right in the high one
  // Stored with release, after the voice has what it needs for it (Voice::prepare_speed()).
  std::atomic<PackedSpeed> speed{kUnitySpeed};

  SlotTrace trace;  // set when the table is made

  // --- the messages ---
  /// Blocks released and not yet notified, and kCloserToken. Raised by the seat's holder, lowered by the
  /// owner. Zero means: nobody is inside, the ready bit is clear, the slot may be used again.
  alignas(hal::kCacheLine) std::atomic<std::uint32_t> pending{0};
  std::atomic<Call> call{Call::idle};           // owner and closer, by compare-exchange
  std::atomic<std::uintptr_t> owner_thread{0};  // who runs the callback; written and compared by that thread
  Lane* lane = nullptr;                         // the owner's; set at open before anything is pending
  ClientCallback callback;                      // as lane

  alignas(hal::kCacheLine) PositionClock position;
  alignas(hal::kCacheLine) SlotCounters counters;

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
  /// Effects: gives up the slot for good, if an audio thread is in the seat. From then on the members that
  /// the seat guards must be left alone and never be freed. Returns: whether the seat is retired. Thread:
  /// control.
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
};

}  // namespace refwave::core
