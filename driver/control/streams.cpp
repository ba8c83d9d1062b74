#include "driver/control/streams.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "driver/core/stream/audio_section.h"
#include "driver/core/stream/client_access.h"
#include "driver/core/stream/deliver.h"
#include "driver/event_log/event_log.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::control {

Streams::Streams(std::shared_ptr<core::StreamTable> table,
                 std::shared_ptr<const event_log::EventLog> event_log)
    : event_log_(std::move(event_log)),
      table_(std::move(table)),
      close_protocol_(*table_, engines_, event_log_) {}

void Streams::furnish(core::Stream& stream, const OpenOptions& options,
                      const std::shared_ptr<engine::Engine>& engine) {
  // No other call finds the stream yet, but GUARDED_BY demands the mutex.
  const hal::MutexLock lock(stream.mutex);
  stream.furnish(options.direction, options.format, options.ring_capacity, options.done_when);
  engines_[stream.index()] = engine;
  stream.quality = options.quality;
  stream.callback = options.callback;
  // Release: pairs with position(). Kept: see there.
  stream.bytes_per_frame.store(static_cast<std::uint32_t>(options.format.bytes_per_frame()),
                               std::memory_order_release);
}

Error Streams::set_up(core::Stream& stream, const OpenOptions& options,
                      const std::shared_ptr<engine::Engine>& engine, notify::Notifiers& notifiers) {
  try {
    const Error problem = engine->open(options.format);
    if (problem != Error::none) return problem;
    furnish(stream, options, engine);
    if (!notifiers.ensure(table_->threads_needed()).ok()) return Error::no_memory;
    return engine->attach(stream);
  } catch (const std::bad_alloc&) {
    return Error::no_memory;
  }
}

Error Streams::publish(core::Stream& stream, Handle opened) {
  const hal::MutexLock lock(stream.mutex);
  // Relaxed: the mutex orders it, here and in note_notified().
  if (ending_.load(std::memory_order_relaxed)) {
    close_protocol_.detach(stream);
    return Error::no_device;
  }
  stream.opening = opened;
  stream.delivery.publish();
  // Release: pairs with is_open(). Kept: see there.
  stream.handle.store(opened, std::memory_order_release);
  return Error::none;
}

/// Effects: the client was notified of the open. Returns: whether the caller must close the stream again.
bool Streams::note_notified(core::Stream& stream, Handle opened) {
  const hal::MutexLock lock(stream.mutex);
  // The client may have closed the stream in its callback, and the slot may be reused.
  if (stream.opening == opened) stream.opening = 0;
  return ending_.load(std::memory_order_relaxed);
}

void Streams::undo(core::Stream& stream) {
  {
    const hal::MutexLock lock(stream.mutex);
    // An audio thread may have read the old membership mask.
    if (stream.audio_state.load(std::memory_order_relaxed) != nullptr) close_protocol_.detach(stream);
  }
  close_protocol_.clear_out(stream);
  stream.delivery.finish(core::DeliveryState::Closer::holds);
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
    // Writes to the client's memory, so no lock is held.
    handle = opened;
    problem = publish(*stream, opened);
  }
  log_open(stream, options, problem);
  if (problem != Error::none) {
    undo(*stream);
    return problem;
  }
  const core::ClientCallback callback = options.callback;
  if (callback.function != nullptr) callback.function(callback, core::Notice::open, nullptr);
  if (!note_notified(*stream, opened)) return Error::none;
  end_stream(opened, kNoHurry);
  return Error::no_device;
}

void Streams::log_open(const core::Stream* stream, const OpenOptions& options, Error problem) const noexcept {
  event_log_->report([&] {
    const std::string what = std::string(" for ") + event_log::words_for(options.direction) + ", " +
                             event_log::words_for(options.format);
    if (problem != Error::none) return "a stream" + what + " was refused: " + event_log::words_for(problem);
    return "stream " + std::to_string(stream->index()) + " opened" + what;
  });
}

Error Streams::write(Handle handle, hal::Direction direction, core::ClientHeader& header) {
  if (!is_open(*table_, handle, direction)) return Error::bad_handle;
  // Relaxed: is_open() has acquired it. A later stream's value is not used, because its handle differs.
  const auto& bytes_per_frame = table_->streams[slot_of(handle)].bytes_per_frame;
  core::Submission submission;
  Error result = submission.begin(header, direction, bytes_per_frame.load(std::memory_order_relaxed));
  if (result != Error::none) return result;
  {
    ClientCall call(*table_, handle, direction);
    if (!call) {
      result = Error::bad_handle;
    } else if (const Error refusal = engine_of(*call).refusal(); refusal != Error::none) {
      result = refusal;
    } else if (!call->write(submission.block())) {
      result = Error::no_memory;
    } else if (call->running.load(std::memory_order_relaxed)) {
      engine_of(*call).want_running();
    }
  }
  if (result != Error::none) submission.undo();
  return result;
}

/// Effects: finishes all queued blocks, or the one being filled, and delivers, unless another thread does.
Error Streams::return_blocks(Handle handle, hal::Direction direction, Return what) {
  ClientCall call(*table_, handle, direction);
  if (!call) return Error::bad_handle;
  core::Stream& stream = *call;
  bool is_ours = false;
  std::uint32_t messages = 0;
  const bool was_running = stream.running.load(std::memory_order_relaxed);
  if (direction == hal::Direction::input) stream.running.store(false, std::memory_order_relaxed);
  bool was_replaced = false;
  try {
    const core::AudioSection section(stream, core::IfOverdue::replace);
    was_replaced = section.was_replaced();
    if (what == Return::all) {
      call->return_all();
    } else {
      stream.capture().return_partial();
    }
    // An owner of the word looks again. No ready bit: one of the two threads delivers.
    stream.delivery.post();
    is_ours = stream.delivery.hold();
    // The lock and the word keep this number constant here.
    if (is_ours) messages = stream.undelivered();
  } catch (const std::bad_alloc&) {
    stream.running.store(was_running, std::memory_order_relaxed);
    return Error::no_memory;
  }
  if (was_replaced) engine_of(*call).serve_again(stream);
  if (direction == hal::Direction::output) stream.running.store(true, std::memory_order_relaxed);
  call.leave();
  if (!is_ours) return Error::none;
  if (!core::deliver(stream, messages, [&] { return stream.take(); })) return Error::none;
  // A notifier delivers what has come since, because this call must return to its client.
  if (stream.delivery.hand_back(core::DeliveryState::Left::nothing_known))
    table_->hand_to_notifier(stream.index());
  return Error::none;
}

Error Streams::reset(Handle handle, hal::Direction direction) {
  std::shared_ptr<engine::Engine> cut;
  if (direction == hal::Direction::output) {
    ClientCall call(*table_, handle, direction);
    if (call && call->queued()) cut = engines_[call->index()];
  }
  const Error result = return_blocks(handle, direction, Return::all);
  if (cut && result == Error::none) cut->drop_queue();
  return result;
}

Error Streams::stop(Handle handle, hal::Direction direction) {
  return return_blocks(handle, direction, Return::partial);
}

/// Returns: whether a header is queued. Waits while a thread is between a header's flag and the cursor.
bool Streams::is_queued(ClientCall& call) {
  constexpr std::int64_t kPatienceNs = 2'000'000;
  constexpr std::chrono::microseconds kNap{20};
  const std::int64_t deadline_ns = hal::monotonic_now_ns() + kPatienceNs;
  while (call->queued()) {
    if (call->lock.inside() == 0) return call->queued();
    if (hal::monotonic_now_ns() >= deadline_ns) return true;
    hal::nap(kNap);
  }
  return false;
}

Error Streams::close_by(Handle handle, hal::Direction direction, std::int64_t latest_ns) {
  ClientCall call(*table_, handle, direction);
  if (!call) return Error::bad_handle;
  if (is_queued(call)) return Error::still_playing;
  // The handle is invalid from here on. Relaxed: calls take the mutex, position() reads later values.
  call->handle.store(0, std::memory_order_relaxed);
  call.leave();
  close_protocol_.close(*call, latest_ns);
  return Error::none;
}

void Streams::end_stream(Handle handle, std::int64_t latest_ns) {
  constexpr std::chrono::milliseconds kNap{5};
  Error result = Error::still_playing;
  // A client may write in between. Without memory for a fresh audio state the headers stay queued.
  while (result == Error::still_playing) {
    const bool is_reset = reset(handle, direction_of(handle)) != Error::no_memory;
    result = close_by(handle, direction_of(handle), latest_ns);
    if (is_reset) continue;
    if (hal::monotonic_now_ns() >= latest_ns) return;
    hal::nap(kNap);
  }
}

void Streams::drain(const std::function<void()>& confirm) noexcept {
  std::int64_t heard_ns = 0;
  for (const core::Stream& stream : table_->streams)
    heard_ns = std::max(heard_ns, stream.heard_ns.load(std::memory_order_relaxed));
  if (heard_ns == 0) return;
  table_->draining.store(true, std::memory_order_relaxed);
  wait_until_heard(heard_ns, kNoHurry);
  confirm();
  // A destructor in the program may wait for its callback.
  table_->draining.store(false, std::memory_order_relaxed);
}

void Streams::close_all(std::int64_t latest_ns) {
  ending_.store(true, std::memory_order_relaxed);
  for (core::Stream& stream : table_->streams) {
    hal::MutexLock lock(stream.mutex);
    const Handle handle = stream.handle.load(std::memory_order_relaxed);
    const bool notified = stream.opening != handle;
    lock.unlock();
    if (handle == 0) continue;
    // The opening thread closes a stream whose client has not been notified yet; this only resets it.
    if (notified) {
      end_stream(handle, latest_ns);
    } else {
      reset(handle, direction_of(handle));
    }
  }
}

}  // namespace refwave::control
