// All open streams, and a client's calls on them by handle, on any thread; the supervisor's, too.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
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

/// A stream's handle: slot, direction, and a generation that makes a stale handle invalid. Never 0.
using Handle = std::uintptr_t;

inline constexpr int kSlotBits = 8;
static_assert(core::kSlots == std::size_t{1} << kSlotBits);

/// Counts the opens of each slot. In 32 bits 23 are left for it, so a stale handle would be valid again after
/// 8 million opens of its slot; StreamTable::take_free() prefers the slots that wrapped least often.
template <typename Word>
class Generations {
 public:
  static constexpr int kBits = std::numeric_limits<Word>::digits - kSlotBits - 1;

  /// Returns: the slot's new generation.
  Word add(std::size_t slot, Word opens) {
    return counts_[slot].fetch_add(opens, std::memory_order_relaxed) + opens;
  }
  /// Returns: how often the slot's generation has wrapped.
  Word rounds(std::size_t slot) const { return counts_[slot].load(std::memory_order_relaxed) >> kBits; }

 private:
  std::array<std::atomic<Word>, core::kSlots> counts_{};
};

/// Lives as long as the module, so that DRV_DISABLE makes no old handle valid.
inline constinit Generations<Handle> generations;

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

/// Returns: whether the handle belongs to an open stream; it may be closed at any moment. Takes no lock.
inline bool is_open(const core::StreamTable& table, Handle handle, hal::Direction direction) noexcept {
  // Acquire: pairs with Streams::publish(). Kept: without it, a client that passes its handle to another
  // thread without an order could read the previous stream's position.
  return handle != 0 && direction_of(handle) == direction &&
         table.streams[slot_of(handle)].handle.load(std::memory_order_acquire) == handle;
}

using core::Error;

/// The settings of an open.
struct OpenOptions {
  hal::Direction direction = hal::Direction::output;
  dsp::Format format;
  core::ClientCallback callback;
  std::uint32_t ring_capacity = 256;
  core::Done done_when = core::Done::consumed;
  dsp::Quality quality = dsp::Quality::medium;  // of a changed playback rate or pitch
};

enum class SpeedPart : std::uint8_t { rate, pitch };

/// A position, with the factor that converts it to bytes.
struct Position {
  std::uint64_t frames = 0;
  std::uint32_t bytes_per_frame = 1;
};

/// A client's call on one stream: holds the mutex, and knows whether the handle is valid.
class SCOPED_CAPABILITY ClientCall {
 public:
  ClientCall(core::StreamTable& table, Handle handle, hal::Direction direction) ACQUIRE((*this)->mutex)
      : stream_(table.streams[slot_of(handle)]),
        lock_(stream_.mutex),
        is_valid_(handle != 0 && direction_of(handle) == direction &&
                  stream_.handle.load(std::memory_order_relaxed) == handle) {}

  ~ClientCall() RELEASE() = default;

  explicit operator bool() const { return is_valid_; }
  core::Stream& operator*() { return stream_; }
  core::Stream* operator->() { return &stream_; }
  void leave() RELEASE() { lock_.unlock(); }

 private:
  core::Stream& stream_;
  hal::MutexLock lock_;
  bool is_valid_;
};

/// Each call answers bad_handle if no open stream of that direction has the handle. Thread: control.
class Streams {
 public:
  explicit Streams(
      std::shared_ptr<core::StreamTable> table,
      std::shared_ptr<const event_log::EventLog> event_log = std::make_shared<event_log::EventLog>());

  const std::shared_ptr<core::StreamTable>& table() const { return table_; }

  /// Effects: sets `handle`, then notifies the client (open). Errors: all_slots_used, no_memory, no_device.
  Error open(const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
             notify::Notifiers& notifiers, Handle& handle);
  /// Effects: delivers the remaining messages, then notifies the client (close). Waits for a callback in
  /// progress, but gives up when none has returned for a second. Outside callbacks also waits until
  /// everything has been heard, because the program may exit next. Errors: still_playing.
  Error close(Handle handle, hal::Direction direction) { return close_by(handle, direction, kNoHurry); }

  /// Errors of unprepare: still_playing.
  Error prepare(Handle handle, hal::Direction direction, core::ClientHeader& header);
  Error unprepare(Handle handle, hal::Direction direction, core::ClientHeader& header);
  /// Effects: queues the header, and starts the device. Errors: unprepared, still_playing, no_device,
  /// no_memory (also a loop longer than the ring).
  Error write(Handle handle, hal::Direction direction, core::ClientHeader& header);
  /// Effects: restarts or starts a stream.
  Error run(Handle handle, hal::Direction direction);
  Error pause(Handle handle, hal::Direction direction);
  /// Effects: finishes all queued headers; the position is 0. Delivers their messages before it returns,
  /// unless the stream's callback is running. An output plays on, an input stops. Errors: no_memory, if an
  /// audio thread is stuck in the stream and there is none for a fresh audio state.
  Error reset(Handle handle, hal::Direction direction);
  /// Effects: stops an input and finishes the block being filled, if it holds data. Errors: as reset().
  Error stop(Handle handle, hal::Direction direction);
  /// Effects: the current pass of the loop is the last.
  Error break_loop(Handle handle, hal::Direction direction);
  /// Takes no lock.
  Error position(Handle handle, hal::Direction direction, Position& position) const;
  /// `volume`: left in the low word, right in the high one.
  Error set_volume(Handle handle, std::uint32_t volume);
  Error volume(Handle handle, std::uint32_t& volume);
  /// Effects: sets the playback rate or pitch, in units of 2^-16. Errors: no_memory.
  Error set_speed(Handle handle, SpeedPart part, std::uint32_t factor);
  Error speed(Handle handle, SpeedPart part, std::uint32_t& factor);
  enum class Ask : std::uint8_t { counters, levels };
  Error statistics(Handle handle, hal::Direction direction, core::Statistics& statistics,
                   Ask ask = Ask::counters);

  /// Effects: resets and closes every stream, waiting until `latest_ns`. An open in progress fails.
  void close_all(std::int64_t latest_ns = kNoHurry);
  /// Effects: waits until everything reported done has been heard; no driver thread begins a callback
  /// meanwhile. `confirm`: waits for what was foreseen wrongly. Thread: the one that ends the process.
  void drain(const std::function<void()>& confirm) noexcept;
  /// Effects: moves waiting headers into rings (completion = direct), and replaces audio states whose thread
  /// is stuck. Skips streams whose mutex is held. Thread: the supervisor.
  void supervise() noexcept;
  /// Returns: the sum over all streams, closed ones included.
  core::Statistics total();
  bool in_use() const { return table_->in_use(); }
  /// Returns: whether all finished blocks were delivered before `deadline_ns`.
  bool settle(std::int64_t deadline_ns) const;

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
  void serve_fresh_state(core::Stream& stream) noexcept REQUIRES(stream.mutex);
  static bool give_back(core::Stream& stream) REQUIRES(stream.mutex);

  // Set once by close_all(), read under a stream's mutex (tests/models/open_and_end.pml).
  std::atomic<bool> ending_{false};
  const std::shared_ptr<const event_log::EventLog> event_log_;
  const std::shared_ptr<core::StreamTable> table_;
  ServingEngines engines_;
  CloseProtocol close_protocol_;
};

}  // namespace refwave::control
