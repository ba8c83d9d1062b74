// All open streams of a driver: what a client may ask of them, by handle. A handle holds the number of its
// slot and a generation, so that a closed or foreign one is found out without touching memory that is gone.
// Any thread, client callbacks included; nothing here calls a client under a lock or in a seat.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "driver/core/client_callback.h"
#include "driver/core/slot_table.h"
#include "driver/engine/engine.h"
#include "driver/notify/notifiers.h"
#include "driver/notify/rehearsal.h"
#include "driver/stream/error.h"
#include "driver/stream/statistics.h"
#include "driver/stream/stream.h"

namespace refwave::control {

using Handle = std::uintptr_t;  // never 0
using stream::Error;

struct OpenOptions {
  hal::Direction direction = hal::Direction::output;
  dsp::Format format;
  core::ClientCallback callback;
  std::uint32_t ring_capacity = 256;
  core::DoneWhen done_when = core::DoneWhen::consumed;
};

/// A position in what the client counts.
struct Position {
  std::uint64_t frames = 0;
  std::uint32_t bytes_per_frame = 1;
};

class Streams final : public notify::SlotOwner {
 public:
  explicit Streams(std::shared_ptr<core::SlotTable> table);

  const std::shared_ptr<core::SlotTable>& table() const { return table_; }

  /// Effects: takes a slot, attaches the stream to the engine's device and tells the client (open) on this
  /// thread. `handle` is set before the client is told. Errors: all_slots_used, no_memory, no_device,
  /// bad_format.
  Error open(const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
             notify::Notifiers& notifiers, Handle& handle);
  /// Effects: delivers what is pending, then tells the client (close), last of all. Waits at most a second
  /// for a callback that runs on another thread; and, outside of callbacks, until what was played to its
  /// end has been heard: the program may end next, and its sound with it. Errors: bad_handle,
  /// still_playing.
  Error close(Handle handle, hal::Direction direction);

  Error prepare(Handle handle, hal::Direction direction, core::ClientHeader& header);
  Error unprepare(Handle handle, hal::Direction direction, core::ClientHeader& header);
  /// Effects: queues the header; wakes the device if it slept. Errors: unprepared, still_playing, no_memory.
  Error write(Handle handle, hal::Direction direction, core::ClientHeader& header);
  /// Effects: lets frames flow (restart, start) or holds them (pause).
  Error run(Handle handle, hal::Direction direction);
  Error pause(Handle handle, hal::Direction direction);
  /// Effects: finishes all headers queued at this moment, position 0; output is not paused afterwards, input
  /// stopped. Their messages are delivered before it returns, unless the stream's callback is running.
  Error reset(Handle handle, hal::Direction direction);
  /// Effects: stops input; the block being filled is finished if it holds data.
  Error stop(Handle handle);
  Error break_loop(Handle handle);
  /// Lock-free.
  Error position(Handle handle, hal::Direction direction, Position& position) const;
  /// `volume`: left in the low word, right in the high one.
  Error set_volume(Handle handle, std::uint32_t volume);
  Error volume(Handle handle, std::uint32_t& volume);
  Error statistics(Handle handle, hal::Direction direction, stream::Statistics& statistics);

  /// Effects: resets and closes every stream, their clients told.
  void close_all();
  /// Effects: moves waiting headers into rings, for streams whose owner may not lock (completion = direct),
  /// and completes the headers of retired slots at their time. Passes over a stream that a client's call
  /// keeps busy. Thread: the housekeeper.
  void look_after(std::int64_t now_ns);
  /// Returns: all streams, the closed ones too.
  stream::Statistics total();
  /// Returns: whether a stream is open, or on its way to that or from there. Thread: any.
  bool in_use() const;
  /// Returns: whether every released block's message was delivered before `deadline_ns`.
  bool settle(std::int64_t deadline_ns) const;

  /// Returns: the stamps of every stream's blocks.
  core::Trace& trace() const { return table_->trace; }

  void deliver(std::size_t slot) noexcept override;
  void rehearse() noexcept override;
  /// Effects: rehearsals call this in a client's place. Before the first open.
  void rehearse_with(core::ClientCallback::Function tell) noexcept { rehearsal_.set_callback(tell); }

 private:
  /// The control side of a slot.
  struct Place {
    std::mutex write_mutex;  // guards what follows; before the seat in lock order
    std::unique_ptr<stream::Stream>
        stream;  // stays after a close that gave up waiting, until the slot is used again
    std::shared_ptr<engine::Engine> engine;
    std::atomic<Handle> handle{0};  // 0: no stream is open here; read without the mutex by position()
    std::atomic<std::uint32_t> bytes_per_frame{1};
    bool taken = false;  // guarded by table_mutex_: from the beginning of open to the end of close
  };
  enum class Return : std::uint8_t { all, partial };
  class Visit;

  Place* claim_place();
  void look_after(Place& place, std::int64_t now_ns);
  std::size_t threads_needed() const;
  Error set_up(Place& place, const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
               notify::Notifiers& notifiers);
  bool furnish(Place& place, const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine);
  void clear_out(Place& place);
  void give_back(Place& place);
  Error return_blocks(Handle handle, hal::Direction direction, Return what);
  void deliver_owned(std::size_t index, std::uint32_t messages);
  std::int64_t detach(Place& place);
  bool is_in_a_callback() const noexcept;
  void play_tail(Place& place, std::int64_t deadline_ns) noexcept;
  void finish_close(std::size_t index);
  void finish_nested_close(std::size_t index);
  void tell_rest(std::size_t index, std::uint32_t messages);
  static core::Call wait_for_owner(core::Slot& slot);
  static void count_undelivered(core::Slot& slot, core::Call owner);
  void tell_closed(std::size_t index);
  void retire_statistics(std::size_t index);
  void hand_to_notifier(std::size_t index);
  std::size_t index_of(const Place& place) const { return static_cast<std::size_t>(&place - places_.data()); }

  const std::shared_ptr<core::SlotTable> table_;
  mutable std::mutex table_mutex_;
  std::array<Place, core::kSlots> places_;
  stream::Totals closed_;  // what closed streams counted
  notify::Rehearsal rehearsal_;
};

}  // namespace refwave::control
