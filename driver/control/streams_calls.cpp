// The short calls on an open stream: headers, run and pause, position, volume, speed, statistics.
#include <chrono>
#include <optional>

#include "driver/control/client_call.h"
#include "driver/control/streams.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::control {

Error Streams::prepare(Handle handle, hal::Direction direction, core::ClientHeader& header) {
  if (!places_.is_open(handle, direction)) return Error::bad_handle;
  stream::prepare_header(header, direction);
  return Error::none;
}

Error Streams::unprepare(Handle handle, hal::Direction direction, core::ClientHeader& header) {
  if (!places_.is_open(handle, direction)) return Error::bad_handle;
  return stream::unprepare_header(header);
}

Error Streams::write(Handle handle, hal::Direction direction, core::ClientHeader& header) {
  if (!places_.is_open(handle, direction)) return Error::bad_handle;
  stream::Submission submission;
  Error result = submission.begin(header, direction);
  if (result != Error::none) return result;
  {
    ClientCall call(places_, handle, direction);
    // The stream may have been closed meanwhile.
    result = !call                                   ? Error::bad_handle
             : call.place().engine->refuses_header() ? Error::no_device
                                                     : call.stream().write(submission);
    if (result == Error::none && call.slot().running.load(std::memory_order_relaxed))
      call.place().engine->want_running();
  }
  if (result != Error::none) submission.undo();
  return result;
}

Error Streams::run(Handle handle, hal::Direction direction) {
  ClientCall call(places_, handle, direction);
  if (!call) return Error::bad_handle;
  call.slot().running.store(true, std::memory_order_relaxed);
  if (direction == hal::Direction::input || call.stream().queued()) call.place().engine->want_running();
  return Error::none;
}

Error Streams::pause(Handle handle, hal::Direction direction) {
  ClientCall call(places_, handle, direction);
  if (!call) return Error::bad_handle;
  call.slot().running.store(false, std::memory_order_relaxed);
  return Error::none;
}

Error Streams::break_loop(Handle handle) {
  ClientCall call(places_, handle, hal::Direction::output);
  if (!call) return Error::bad_handle;
  call.slot().break_loop.store(true, std::memory_order_relaxed);
  return Error::none;
}

Error Streams::position(Handle handle, hal::Direction direction, Position& position) const {
  if (!places_.is_open(handle, direction)) return Error::bad_handle;
  const Place& place = places_[slot_of(handle)];
  core::Slot& slot = places_.slot(slot_of(handle));
  position.frames = slot.is_retired() ? slot.silent_frames.load(std::memory_order_relaxed)
                                      : slot.position.read(hal::monotonic_now_ns());
  // The slot may have been closed and opened anew meanwhile. The later stream's values are stored with
  // release, after the close cleared the handle, and loaded with acquire. So if one of them was read, the
  // second look at the handle finds another handle. Acquire: pairs with furnish(). Kept: no scenario stops a
  // thread between the position and this look for as long as a close and an open take.
  position.bytes_per_frame = place.bytes_per_frame.load(std::memory_order_acquire);
  return place.handle.load(std::memory_order_relaxed) == handle ? Error::none : Error::bad_handle;
}

Error Streams::set_volume(Handle handle, std::uint32_t volume) {
  ClientCall call(places_, handle, hal::Direction::output);
  if (!call) return Error::bad_handle;
  call.slot().volume.store(volume, std::memory_order_relaxed);
  return Error::none;
}

Error Streams::volume(Handle handle, std::uint32_t& volume) {
  ClientCall call(places_, handle, hal::Direction::output);
  if (!call) return Error::bad_handle;
  volume = call.slot().volume.load(std::memory_order_relaxed);
  return Error::none;
}

/// A filter is designed between two looks at the stream, so that the stream's other calls need not wait for
/// it. If another call has changed the speed meanwhile, it begins again.
Error Streams::set_speed(Handle handle, SpeedPart part, std::uint32_t factor) {
  std::optional<core::SpeedParts> parts;
  for (;;) {
    core::SpeedRequest request;
    {
      ClientCall call(places_, handle, hal::Direction::output);
      if (!call) return Error::bad_handle;
      // Relaxed: it is stored under this mutex.
      const core::PackedSpeed before = call.slot().speed.load(std::memory_order_relaxed);
      const std::uint32_t rate = part == SpeedPart::rate ? factor : core::rate_of(before);
      const std::uint32_t pitch = part == SpeedPart::pitch ? factor : core::pitch_of(before);
      core::Voice& voice = *call.stream().voice();
      request = voice.speed_request(rate, pitch, call.place().quality);
      if (parts && parts->request == request) {
        if (!voice.prepare_speed(*parts)) return Error::no_memory;
        // Release: pairs with Voice::apply_speed(). Kept: the scenarios of a speed have a store of their own.
        call.slot().speed.store(core::packed_speed(rate, pitch), std::memory_order_release);
        return Error::none;
      }
    }
    parts = core::make_speed_parts(request);
    if (!parts) return Error::no_memory;
  }
}

Error Streams::speed(Handle handle, SpeedPart part, std::uint32_t& factor) {
  ClientCall call(places_, handle, hal::Direction::output);
  if (!call) return Error::bad_handle;
  const core::PackedSpeed speed = call.slot().speed.load(std::memory_order_relaxed);
  factor = part == SpeedPart::rate ? core::rate_of(speed) : core::pitch_of(speed);
  return Error::none;
}

Error Streams::statistics(Handle handle, hal::Direction direction, stream::Statistics& statistics, Ask ask) {
  ClientCall call(places_, handle, direction);
  if (!call) return Error::bad_handle;
  statistics.streams = 1;
  statistics.slot = call.slot().trace.slot;
  statistics.add(call.slot().counters);
  if (ask == Ask::levels) statistics.levels = call.stream().lane().meter().ask();
  statistics.latency = stream::latencies_of(call.stream().lane().latency());
  statistics.device = call.place().engine->statistics();
  return Error::none;
}

stream::Statistics Streams::total() {
  stream::Totals& closed = close_protocol_.closed();
  const std::lock_guard lock(closed.mutex);
  stream::Statistics sum = closed.counters;
  auto latency = std::make_unique<core::LatencyHistogram>();
  latency->merge(closed.latency);
  for (Place& place : places_) {
    const std::lock_guard place_lock(place.write_mutex);
    if (place.handle.load(std::memory_order_relaxed) == 0) continue;
    ++sum.streams;
    sum.add(places_.slot_of(place).counters);
    latency->merge(place.stream->lane().latency());
  }
  sum.latency = stream::latencies_of(*latency);
  return sum;
}

void Streams::do_housekeeping(std::int64_t now_ns) {
  for (Place& place : places_) {
    if (place.handle.load(std::memory_order_relaxed) == 0) continue;
    // A call may hold the mutex for as long as it waits for a seat. The watch over the devices must not wait
    // for that.
    const std::unique_lock lock(place.write_mutex, std::try_to_lock);
    if (lock.owns_lock() && place.handle.load(std::memory_order_relaxed) != 0)
      refill_and_complete(place, now_ns);
  }
}

/// Under the write mutex.
void Streams::refill_and_complete(Place& place, std::int64_t now_ns) {
  core::Slot& slot = places_.slot_of(place);
  place.stream->refill();
  if (slot.is_retired() && slot.add_pending(place.stream->pass_silently(now_ns)))
    messenger_.hand_to_notifier(places_.index_of(place));
}

bool Streams::settle(std::int64_t deadline_ns) const {
  const auto busy = [](const core::Slot& slot) {
    // The seat comes first: its holder flags headers, counts their messages and then leaves. Acquire: pairs
    // with stand_up(), so that the count is seen.
    const core::Seat seat = slot.seat.load(std::memory_order_acquire);
    if (seat == core::Seat::audio || seat == core::Seat::control) return true;
    // Acquire: pairs with the owner's fetch_sub. Its callback has returned.
    return slot.pending.load(std::memory_order_acquire) != 0;
  };
  constexpr std::chrono::microseconds kNap{20};
  for (const core::Slot& slot : places_.table().slots) {
    while (busy(slot)) {
      if (hal::monotonic_now_ns() >= deadline_ns) return false;
      hal::nap(kNap);
    }
  }
  return true;
}

}  // namespace refwave::control
