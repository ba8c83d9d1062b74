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

Streams::Streams(std::shared_ptr<core::StreamTable> table, std::shared_ptr<const engine::Journal> journal)
    : journal_(std::move(journal)), table_(std::move(table)), close_protocol_(*table_, journal_) {}

// --- open ---

/// Effects: gives the stream its first values. Returns: false if it is retired.
bool Streams::furnish(core::Stream& stream, const OpenOptions& options,
                      const std::shared_ptr<engine::Engine>& engine) {
  // Kept: no call finds the stream before publish(), but its members have one rule, which is the mutex.
  const std::lock_guard lock(stream.mutex);
  stream.furnish(options.direction, options.format, options.ring_capacity, options.done_when);
  stream.engine = engine;
  stream.quality = options.quality;
  stream.callback = options.callback;
  // Release: pairs with position(). Kept: see there.
  stream.bytes_per_frame.store(static_cast<std::uint32_t>(options.format.bytes_per_frame()),
                               std::memory_order_release);
  const stream::ControlSeat seat(stream);
  if (!seat.seated()) return false;
  stream.position.publish({.epoch = stream.position.epoch() + 1});
  return true;
}

/// Effects: all steps of an open that may fail.
Error Streams::set_up(core::Stream& stream, const OpenOptions& options,
                      const std::shared_ptr<engine::Engine>& engine, notify::Notifiers& notifiers) {
  try {
    const Error problem = engine->open(options.format.rate);
    if (problem != Error::none) return problem;
    if (!furnish(stream, options, engine) || !notifiers.ensure(table_->threads_needed()).empty())
      return Error::no_memory;
    return engine->attach(stream);
  } catch (const std::bad_alloc&) {
    return Error::no_memory;
  }
}

/// Effects: the handle is valid from here on. Errors: no_device, because the driver is ending.
Error Streams::publish(core::Stream& stream, Handle opened) {
  const std::lock_guard lock(stream.mutex);
  // Relaxed: the mutex orders it, here and in note_told().
  if (ending_.load(std::memory_order_relaxed)) {
    CloseProtocol::detach(stream);
    return Error::no_device;
  }
  stream.untold = opened;
  // Release: pairs with is_open(). Kept: see there.
  stream.handle.store(opened, std::memory_order_release);
  return Error::none;
}

/// Effects: notes that the client has been told of the open. Returns: whether the driver is ending; then the
/// caller must close this stream.
bool Streams::note_told(core::Stream& stream, Handle opened) {
  const std::lock_guard lock(stream.mutex);
  // The client may have closed the stream in its callback, and the place may serve another one.
  if (stream.untold == opened) stream.untold = 0;
  return ending_.load(std::memory_order_relaxed);
}

Error Streams::open(const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
                    notify::Notifiers& notifiers, Handle& handle) {
  core::Stream* stream = table_->take_free([](std::size_t index) { return generations.rounds(index); });
  if (stream == nullptr) {
    log_open(nullptr, options, Error::all_slots_used);
    return Error::all_slots_used;
  }
  Error problem = set_up(*stream, options, engine, notifiers);
  const Handle opened = next_handle(generations, stream->index(), options.direction);
  if (problem == Error::none) {
    // This writes into the client's memory, so no lock is held.
    handle = opened;
    problem = publish(*stream, opened);
  }
  log_open(stream, options, problem);
  if (problem != Error::none) {
    close_protocol_.clear_out(*stream);
    return problem;
  }
  const core::ClientCallback callback = options.callback;
  if (callback.function != nullptr)
    callback.function(callback, core::Notice::open, nullptr, core::Stack::unknown);
  if (!note_told(*stream, opened)) return Error::none;
  end_stream(opened, kNoHurry);
  return Error::no_device;
}

/// `stream`: null if there is none for it.
void Streams::log_open(const core::Stream* stream, const OpenOptions& options, Error problem) const noexcept {
  journal_->tell([&] {
    const std::string what = std::string(" for ") + engine::words_for(options.direction) + ", " +
                             engine::words_for(options.format);
    if (problem != Error::none) return "a stream" + what + " was refused: " + engine::words_for(problem);
    return "stream " + std::to_string(stream->index()) + " opened" + what;
  });
}

// --- reset and stop ---

/// Effects: finishes all queued blocks, or the block being filled, and delivers their messages if this thread
/// is their owner.
Error Streams::return_blocks(Handle handle, hal::Direction direction, Return what) {
  ClientCall call(*table_, handle, direction);
  if (!call) return Error::bad_handle;
  core::Stream& stream = *call;
  std::uint32_t messages = 0;
  if (direction == hal::Direction::input) stream.running.store(false, std::memory_order_relaxed);
  {
    const stream::ControlSeat seat(stream);
    std::uint32_t finished = 0;
    if (what == Return::all) {
      finished = stream.return_all();
    } else if (seat.seated()) {
      finished = stream.track->return_partial();
    }
    // This thread is the owner if it raises the count from zero, or claims messages that no thread delivers
    // yet.
    if (stream.add_pending(finished) || table_->claim(stream.index()))
      // Nobody adds while this thread is in the seat, and nobody subtracts while it is the owner.
      messages = stream.pending.load(std::memory_order_relaxed);
  }
  if (direction == hal::Direction::output) stream.running.store(true, std::memory_order_relaxed);
  call.leave();
  if (messages != 0) messenger_.deliver_owned(stream, messages);
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
  while (call->queued()) {
    // Acquire: pairs with stand_up(), so that the cursor is seen.
    if (call->seat.load(std::memory_order_acquire) != core::Seat::audio) return call->queued();
    if (hal::monotonic_now_ns() >= deadline_ns) return true;
    hal::nap(kNap);
  }
  return false;
}

Error Streams::close_by(Handle handle, hal::Direction direction, std::int64_t latest_ns) {
  ClientCall call(*table_, handle, direction);
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
  for (core::Stream& stream : table_->streams) {
    std::unique_lock lock(stream.mutex);
    const Handle handle = stream.handle.load(std::memory_order_relaxed);
    const bool told = stream.untold != handle;
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
