#include "driver/control/streams.h"

#include <chrono>
#include <mutex>
#include <new>
#include <utility>

#include "driver/control/client_call.h"
#include "driver/engine/log/words.h"
#include "driver/stream/control_seat.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::control {

Streams::Streams(std::shared_ptr<core::SlotTable> table, std::shared_ptr<const engine::Journal> journal)
    : journal_(std::move(journal)), places_(std::move(table)), close_protocol_(places_, journal_) {}

// --- open ---

/// Effects: makes the stream and gives the slot its first values. Returns: false if the slot is retired.
bool Streams::furnish(Place& place, const OpenOptions& options,
                      const std::shared_ptr<engine::Engine>& engine) {
  core::Slot& slot = places_.slot_of(place);
  // Kept: no call finds the stream before publish(), but the members of a place have one rule, which is the
  // mutex.
  const std::lock_guard lock(place.write_mutex);
  place.stream = std::make_unique<stream::Stream>(slot, options.direction, options.format,
                                                  options.ring_capacity, options.done_when);
  place.engine = engine;
  place.quality = options.quality;
  // Release: pairs with position(). Kept: see there.
  place.bytes_per_frame.store(static_cast<std::uint32_t>(options.format.bytes_per_frame()),
                              std::memory_order_release);
  slot.lane = &place.stream->lane();
  slot.callback = options.callback;
  slot.counters.clear();
  // Nobody is inside, because pending is zero.
  slot.call.store(core::Call::idle, std::memory_order_relaxed);
  slot.owner_thread.store(0, std::memory_order_relaxed);
  slot.running.store(options.direction == hal::Direction::output, std::memory_order_relaxed);
  slot.break_loop.store(false, std::memory_order_relaxed);
  slot.volume.store(0xFFFF'FFFFU, std::memory_order_relaxed);
  slot.speed.store(core::kUnitySpeed, std::memory_order_relaxed);
  slot.sounding.store(false, std::memory_order_relaxed);
  const stream::ControlSeat seat(slot);
  if (!seat.seated()) return false;
  slot.position.publish({.epoch = slot.position.epoch() + 1});
  return true;
}

/// Effects: all steps of an open that may fail.
Error Streams::set_up(Place& place, const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
                      notify::Notifiers& notifiers) {
  try {
    const Error problem = engine->open(options.format.rate);
    if (problem != Error::none) return problem;
    if (!furnish(place, options, engine) || !notifiers.ensure(places_.threads_needed()).empty())
      return Error::no_memory;
    return engine->attach(places_.index_of(place), *place.stream, place.write_mutex);
  } catch (const std::bad_alloc&) {
    return Error::no_memory;
  }
}

/// Effects: the handle is valid from here on. Errors: no_device, because the driver is ending.
Error Streams::publish(Place& place, Handle opened) {
  const std::lock_guard lock(place.write_mutex);
  // Relaxed: the mutex orders it, here and in note_told().
  if (ending_.load(std::memory_order_relaxed)) {
    close_protocol_.detach(place);
    return Error::no_device;
  }
  place.untold = opened;
  // Release: pairs with Places::is_open(). Kept: see there.
  place.handle.store(opened, std::memory_order_release);
  return Error::none;
}

/// Effects: notes that the client has been told of the open. Returns: whether the driver is ending; then the
/// caller must close this stream.
bool Streams::note_told(Place& place, Handle opened) {
  const std::lock_guard lock(place.write_mutex);
  // The client may have closed the stream in its callback, and the place may serve another one.
  if (place.untold == opened) place.untold = 0;
  return ending_.load(std::memory_order_relaxed);
}

Error Streams::open(const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
                    notify::Notifiers& notifiers, Handle& handle) {
  Place* place = places_.claim();
  if (place == nullptr) return log_open(nullptr, options, Error::all_slots_used), Error::all_slots_used;
  Error problem = set_up(*place, options, engine, notifiers);
  const Handle opened = next_handle(generations, places_.index_of(*place), options.direction);
  if (problem == Error::none) {
    // This writes into the client's memory, so no lock is held.
    handle = opened;
    problem = publish(*place, opened);
  }
  log_open(place, options, problem);
  if (problem != Error::none) {
    // Kept: as in furnish().
    const std::lock_guard lock(place->write_mutex);
    places_.clear_out(*place);
    return problem;
  }
  const core::ClientCallback callback = options.callback;
  if (callback.function != nullptr)
    callback.function(callback, core::Notice::open, nullptr, core::Stack::unknown);
  if (!note_told(*place, opened)) return Error::none;
  end_stream(opened, kNoHurry);
  return Error::no_device;
}

/// `place`: null if there is none for it.
void Streams::log_open(const Place* place, const OpenOptions& options, Error problem) const noexcept {
  journal_->tell([&] {
    const std::string what = std::string(" for ") + engine::words_for(options.direction) + ", " +
                             engine::words_for(options.format);
    if (problem != Error::none) return "a stream" + what + " was refused: " + engine::words_for(problem);
    return "stream " + std::to_string(places_.index_of(*place)) + " opened" + what;
  });
}

// --- reset and stop ---

/// Effects: finishes all queued blocks, or the block being filled, and delivers their messages if this thread
/// is their owner.
Error Streams::return_blocks(Handle handle, hal::Direction direction, Return what) {
  ClientCall call(places_, handle, direction);
  if (!call) return Error::bad_handle;
  core::Slot& slot = call.slot();
  const std::size_t index = places_.index_of(call.place());
  std::uint32_t messages = 0;
  if (direction == hal::Direction::input) slot.running.store(false, std::memory_order_relaxed);
  {
    const stream::ControlSeat seat(slot);
    const std::uint32_t finished = what == Return::all ? call.stream().return_all(seat)
                                   : seat.seated()     ? call.stream().track()->return_partial()
                                                       : 0;
    // This thread is the owner if it raises the count from zero, or claims messages that no thread delivers
    // yet.
    if (slot.add_pending(finished) || places_.table().claim(index))
      // Nobody adds while this thread is in the seat, and nobody subtracts while it is the owner.
      messages = slot.pending.load(std::memory_order_relaxed);
  }
  if (direction == hal::Direction::output) slot.running.store(true, std::memory_order_relaxed);
  call.leave();
  if (messages != 0) messenger_.deliver_owned(index, messages);
  return Error::none;
}

Error Streams::reset(Handle handle, hal::Direction direction) {
  return return_blocks(handle, direction, Return::all);
}

Error Streams::stop(Handle handle) { return return_blocks(handle, hal::Direction::input, Return::partial); }

// --- close ---

/// Returns: whether a header is queued, though a thread may just be between a header's flag and the ring's
/// cursor. A client that has seen the flag may close at once. That thread sits in the seat, which is not
/// taken from it here, because its stream may still play.
bool Streams::is_queued(ClientCall& call) {
  constexpr std::int64_t kPatienceNs = 2'000'000;
  constexpr std::chrono::microseconds kNap{20};
  const std::int64_t deadline_ns = hal::monotonic_now_ns() + kPatienceNs;
  while (call.stream().queued()) {
    // Acquire: pairs with stand_up(), so that the cursor is seen.
    if (call.slot().seat.load(std::memory_order_acquire) != core::Seat::audio) return call.stream().queued();
    if (hal::monotonic_now_ns() >= deadline_ns) return true;
    hal::nap(kNap);
  }
  return false;
}

Error Streams::close_by(Handle handle, hal::Direction direction, std::int64_t latest_ns) {
  ClientCall call(places_, handle, direction);
  if (!call) return Error::bad_handle;
  if (is_queued(call)) return Error::still_playing;
  close_protocol_.close(call, latest_ns);
  return Error::none;
}

void Streams::end_stream(Handle handle, std::int64_t latest_ns) {
  Error result = Error::still_playing;
  // A client may write between the two calls.
  while (result == Error::still_playing) {
    reset(handle, direction_of(handle));
    result = close_by(handle, direction_of(handle), latest_ns);
  }
}

void Streams::close_all(std::int64_t latest_ns) {
  ending_.store(true, std::memory_order_relaxed);
  for (Place& place : places_) {
    std::unique_lock lock(place.write_mutex);
    const Handle handle = place.handle.load(std::memory_order_relaxed);
    const bool told = place.untold != handle;
    lock.unlock();
    if (handle == 0) continue;
    // The opening thread closes a stream of whose open its client has not been told. Here only its queued
    // headers are returned.
    if (told) {
      end_stream(handle, latest_ns);
    } else {
      reset(handle, direction_of(handle));
    }
  }
}

}  // namespace refwave::control
