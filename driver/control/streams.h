// All open streams of a driver, and the calls that a client may make on them, by handle. This is the front:
// it checks handles, and opens, writes to, resets and stops streams. CloseProtocol ends them.
//
// Called by the wave messages (driver/winmm) on any thread, client callbacks included, and by the
// supervisor. Nothing here calls a client under a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "driver/control/close_protocol.h"
#include "driver/core/handover/client_callback.h"
#include "driver/core/stream/error.h"
#include "driver/core/stream/statistics.h"
#include "driver/core/stream/stream_table.h"
#include "driver/engine/engine.h"
#include "driver/notify/notifiers.h"
#include "hal/device.h"
#include "hal/system/mutex.h"

namespace refwave::control {

/// A stream's handle: the number of its slot, its direction, and a generation that counts the slot's opens. A
/// closed or foreign handle is recognised without touching memory that is gone. Never 0. Any thread.
using Handle = std::uintptr_t;

inline constexpr int kSlotBits = 8;
static_assert(core::kSlots == std::size_t{1} << kSlotBits);

/// Counts the opens of each slot. A handle of 32 bits has room for 23 bits of that count, so a closed handle
/// would be valid again 8 million opens of its slot later. StreamTable::take_free() prefers the slots whose
/// count has begun anew least often, so this takes 256 times as many opens. With 64 bits it does not happen.
template <typename Word>
class Generations {
 public:
  static constexpr int kBits = std::numeric_limits<Word>::digits - kSlotBits - 1;

  /// Effects: counts `opens` opens. Returns: the slot's new generation. Thread: any.
  Word add(std::size_t slot, Word opens) {
    return counts_[slot].fetch_add(opens, std::memory_order_relaxed) + opens;
  }
  /// Returns: how often the slot has used up all generations. Thread: any.
  Word rounds(std::size_t slot) const { return counts_[slot].load(std::memory_order_relaxed) >> kBits; }

 private:
  std::array<std::atomic<Word>, core::kSlots> counts_{};
};

/// Lives as long as the module: a handle from before a DRV_DISABLE stays unknown after the next DRV_ENABLE.
inline constinit Generations<Handle> generations;

/// Returns: a new handle, not 0 even where a generation's bits have run out. `Word`: the handle's.
template <typename Word>
Word next_handle(Generations<Word>& counts, std::size_t slot, hal::Direction direction) {
  Word handle = 0;
  while (handle == 0) {
    handle = static_cast<Word>(counts.add(slot, 1) << (kSlotBits + 1)) | (static_cast<Word>(slot) << 1) |
             (direction == hal::Direction::input ? 1U : 0U);
  }
  return handle;
}

inline std::size_t slot_of(Handle handle) { return (handle >> 1) & (core::kSlots - 1); }

inline hal::Direction direction_of(Handle handle) {
  return (handle & 1U) != 0 ? hal::Direction::input : hal::Direction::output;
}

/// Returns: whether the handle belongs to an open stream, which may be closed at any moment. Lock-free.
inline bool is_open(const core::StreamTable& table, Handle handle, hal::Direction direction) noexcept {
  // Acquire: pairs with Streams::publish(). Kept: a client that passes its handle on without an order must
  // not be given the position of the stream before.
  return handle != 0 && direction_of(handle) == direction &&
         table.streams[slot_of(handle)].handle.load(std::memory_order_acquire) == handle;
}

using core::Error;

/// What a stream is opened with.
struct OpenOptions {
  hal::Direction direction = hal::Direction::output;
  dsp::Format format;
  core::ClientCallback callback;
  std::uint32_t ring_capacity = 256;
  core::Done done_when = core::Done::consumed;
  dsp::Quality quality = dsp::Quality::medium;  // of a changed playback rate or pitch
};

/// What a client may set of an output stream beside its volume.
enum class SpeedPart : std::uint8_t { rate, pitch };

/// A position, with the factor that makes bytes of it.
struct Position {
  std::uint64_t frames = 0;
  std::uint32_t bytes_per_frame = 1;
};

/// A client's call on one stream: the mutex held and the handle checked, for the length of a scope.
class SCOPED_CAPABILITY ClientCall {
 public:
  ClientCall(core::StreamTable& table, Handle handle, hal::Direction direction) ACQUIRE((*this)->mutex)
      : stream_(table.streams[slot_of(handle)]),
        lock_(stream_.mutex),
        is_valid_(handle != 0 && direction_of(handle) == direction &&
                  stream_.handle.load(std::memory_order_relaxed) == handle) {}

  ~ClientCall() RELEASE() = default;
  ClientCall(const ClientCall&) = delete;
  ClientCall& operator=(const ClientCall&) = delete;

  /// Returns: whether the handle belongs to an open stream.
  explicit operator bool() const { return is_valid_; }
  core::Stream& operator*() { return stream_; }
  core::Stream* operator->() { return &stream_; }
  /// Effects: releases the mutex.
  void leave() RELEASE() { lock_.unlock(); }

 private:
  core::Stream& stream_;
  hal::MutexLock lock_;
  bool is_valid_;
};

/// The calls of clients on streams. Each that takes a handle answers bad_handle for one that belongs to no
/// open stream of that direction; other errors are named. Thread: control, any number at a time.
class Streams {
 public:
  /// `event_log`: is notified of streams that close.
  explicit Streams(
      std::shared_ptr<core::StreamTable> table,
      std::shared_ptr<const event_log::EventLog> event_log = std::make_shared<event_log::EventLog>());

  const std::shared_ptr<core::StreamTable>& table() const { return table_; }

  /// Effects: takes a slot, attaches the stream to the engine's device and notifies the client (open) on this
  /// thread. `handle` is set before the client is notified. Errors: all_slots_used, no_memory, no_device.
  Error open(const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
             notify::Notifiers& notifiers, Handle& handle);
  /// Effects: delivers the messages that are left, then notifies the client (close) as the last message.
  /// Waits for a thread that is calling the client, and gives up when no callback has returned for a second.
  /// Outside of callbacks it also waits until the played sound has been heard, because the program may exit
  /// next. Errors: still_playing.
  Error close(Handle handle, hal::Direction direction) { return close_by(handle, direction, kNoHurry); }

  /// Effects: sets or clears the header's flag PREPARED. Errors of unprepare: still_playing.
  Error prepare(Handle handle, hal::Direction direction, core::ClientHeader& header);
  Error unprepare(Handle handle, hal::Direction direction, core::ClientHeader& header);
  /// Effects: queues the header; wakes the device if it slept. Errors: unprepared, still_playing, no_memory
  /// (or a loop longer than the ring), no_device (it is lost, and `fallback` is none).
  Error write(Handle handle, hal::Direction direction, core::ClientHeader& header);
  /// Effects: lets frames flow (restart, start) or holds them (pause).
  Error run(Handle handle, hal::Direction direction);
  Error pause(Handle handle, hal::Direction direction);
  /// Effects: finishes all headers queued at this moment, position 0; output is not paused afterwards, input
  /// stopped. Their messages are delivered before it returns, unless the stream's callback is running.
  /// Errors: no_memory: an audio thread is stuck in the stream, and there is no memory for a fresh audio
  /// state.
  Error reset(Handle handle, hal::Direction direction);
  /// Effects: stops input; the block being filled is finished if it holds data. Errors: as
  /// reset().
  Error stop(Handle handle);
  /// Effects: the current pass of the loop is the last.
  Error break_loop(Handle handle);
  /// Takes no lock. In frames since the open or the last reset.
  Error position(Handle handle, hal::Direction direction, Position& position) const;
  /// `volume`: left in the low word, right in the high one.
  Error set_volume(Handle handle, std::uint32_t volume);
  Error volume(Handle handle, std::uint32_t& volume);
  /// Effects: the stream plays at this playback rate or pitch from now on, in units of 2^-16 and within
  /// dsp::kLeastFactor and dsp::kGreatestFactor. Errors: no_memory, and then nothing has changed.
  Error set_speed(Handle handle, SpeedPart part, std::uint32_t factor);
  Error speed(Handle handle, SpeedPart part, std::uint32_t& factor);
  /// `ask`: with levels, the audio thread measures them for the next two seconds.
  enum class Ask : std::uint8_t { counters, levels };
  Error statistics(Handle handle, hal::Direction direction, core::Statistics& statistics,
                   Ask ask = Ask::counters);

  /// Effects: resets and closes every stream and notifies the clients. Waits for a sound or a callback end at
  /// `latest_ns` at the latest. An open that is under way ends as if there were no device.
  void close_all(std::int64_t latest_ns = kNoHurry);
  /// Effects: waits until what has been reported done by now has been heard, although the stream was reset,
  /// or was never closed. Meanwhile no callback begins on a thread of the driver's, because what it uses may
  /// be gone. Thread: the one that ends the process.
  void hear_out() noexcept;
  /// Effects: moves waiting headers into rings, for streams whose owner may not lock (completion = direct),
  /// and replaces audio states that an audio thread does not leave. Leaves out a stream whose mutex a
  /// client's call holds. Thread: the supervisor.
  void supervise() noexcept;
  /// Returns: the sum over all streams, closed streams too.
  core::Statistics total();
  /// Returns: whether a stream is open, or is being opened or closed. Thread: any.
  bool in_use() const { return table_->in_use(); }
  /// Returns: whether every released block's message was delivered before `deadline_ns`.
  bool settle(std::int64_t deadline_ns) const;

  /// Returns: the trace of all streams.
  core::Trace& trace() const { return table_->trace; }

 private:
  engine::Engine& engine_of(const core::Stream& stream) REQUIRES(stream.mutex) {
    return *engines_[stream.index()];
  }
  void log_open(const core::Stream* stream, const OpenOptions& options, Error problem) const noexcept;
  enum class Return : std::uint8_t { all, partial };
  static constexpr std::int64_t kNoHurry = std::numeric_limits<std::int64_t>::max();

  void furnish(core::Stream& stream, const OpenOptions& options,
               const std::shared_ptr<engine::Engine>& engine);
  Error set_up(core::Stream& stream, const OpenOptions& options,
               const std::shared_ptr<engine::Engine>& engine, notify::Notifiers& notifiers);
  Error publish(core::Stream& stream, Handle opened);
  void undo(core::Stream& stream);
  bool note_notified(core::Stream& stream, Handle opened);
  void end_stream(Handle handle, std::int64_t latest_ns);
  static bool is_queued(ClientCall& call) REQUIRES(call->mutex);
  Error close_by(Handle handle, hal::Direction direction, std::int64_t latest_ns);
  Error return_blocks(Handle handle, hal::Direction direction, Return what);
  void look_after(core::Stream& stream) noexcept REQUIRES(stream.mutex);
  void replace_state(core::Stream& stream, core::RtLock::Token theirs) noexcept REQUIRES(stream.mutex);
  void serve_fresh_state(core::Stream& stream) noexcept REQUIRES(stream.mutex);
  void give_back(core::Stream& stream) noexcept REQUIRES(stream.mutex);

  // Set by close_all() once, read under a stream's mutex. Protocol: tests/models/open_and_end.pml.
  std::atomic<bool> ending_{false};
  const std::shared_ptr<const event_log::EventLog> event_log_;
  const std::shared_ptr<core::StreamTable> table_;
  ServingEngines engines_;
  CloseProtocol close_protocol_;
};

}  // namespace refwave::control
