// The short calls on an open stream, and what the supervisor does to one.
#include <chrono>
#include <optional>

#include "driver/control/streams.h"
#include "driver/core/stream/audio_section.h"
#include "driver/core/stream/client_access.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::control {

Error Streams::prepare(Handle handle, hal::Direction direction, core::ClientHeader& header) {
  if (!is_open(*table_, handle, direction)) return Error::bad_handle;
  core::prepare_header(header, direction);
  return Error::none;
}

Error Streams::unprepare(Handle handle, hal::Direction direction, core::ClientHeader& header) {
  if (!is_open(*table_, handle, direction)) return Error::bad_handle;
  return core::unprepare_header(header);
}

Error Streams::run(Handle handle, hal::Direction direction) {
  ClientCall call(*table_, handle, direction);
  if (!call) return Error::bad_handle;
  call->running.store(true, std::memory_order_relaxed);
  if (direction == hal::Direction::input || call->queued()) engine_of(*call).want_running();
  return Error::none;
}

Error Streams::pause(Handle handle, hal::Direction direction) {
  ClientCall call(*table_, handle, direction);
  if (!call) return Error::bad_handle;
  call->running.store(false, std::memory_order_relaxed);
  return Error::none;
}

Error Streams::break_loop(Handle handle, hal::Direction direction) {
  ClientCall call(*table_, handle, direction);
  if (!call) return Error::bad_handle;
  call->loop_breaks.fetch_add(1, std::memory_order_relaxed);
  return Error::none;
}

Error Streams::position(Handle handle, hal::Direction direction, Position& position) const {
  if (!is_open(*table_, handle, direction)) return Error::bad_handle;
  core::Stream& stream = table_->streams[slot_of(handle)];
  position.frames = stream.position(hal::monotonic_now_ns());
  // The slot may have been reused. The later stream's values are stored with release after the close cleared
  // the handle, so the check fails. Acquire: pairs with furnish(). Kept: no scenario has handles.
  position.bytes_per_frame = stream.bytes_per_frame.load(std::memory_order_acquire);
  return stream.handle.load(std::memory_order_relaxed) == handle ? Error::none : Error::bad_handle;
}

Error Streams::set_volume(Handle handle, std::uint32_t volume) {
  ClientCall call(*table_, handle, hal::Direction::output);
  if (!call) return Error::bad_handle;
  call->volume.store(volume, std::memory_order_relaxed);
  return Error::none;
}

Error Streams::volume(Handle handle, std::uint32_t& volume) {
  ClientCall call(*table_, handle, hal::Direction::output);
  if (!call) return Error::bad_handle;
  volume = call->volume.load(std::memory_order_relaxed);
  return Error::none;
}

/// Designs the filter without the mutex, and begins again if another call has changed the speed meanwhile.
Error Streams::set_speed(Handle handle, SpeedPart part, std::uint32_t factor) {
  std::optional<core::SpeedParts> parts;
  for (;;) {
    core::SpeedRequest request;
    {
      ClientCall call(*table_, handle, hal::Direction::output);
      if (!call) return Error::bad_handle;
      const core::PackedSpeed before = call->speed.load(std::memory_order_relaxed);
      const std::uint32_t rate = part == SpeedPart::rate ? factor : core::rate_of(before);
      const std::uint32_t pitch = part == SpeedPart::pitch ? factor : core::pitch_of(before);
      core::PlaybackState& playback = call->playback();
      request = playback.speed_request(rate, pitch, call->quality);
      if (parts && parts->request == request) {
        if (!playback.prepare_speed(*parts)) return Error::no_memory;
        // Release: pairs with PlaybackState::apply_speed(). Kept: the scenario speed_next has its own store.
        call->speed.store(core::packed_speed(rate, pitch), std::memory_order_release);
        return Error::none;
      }
    }
    parts = core::make_speed_parts(request);
    if (!parts) return Error::no_memory;
  }
}

Error Streams::speed(Handle handle, SpeedPart part, std::uint32_t& factor) {
  ClientCall call(*table_, handle, hal::Direction::output);
  if (!call) return Error::bad_handle;
  const core::PackedSpeed speed = call->speed.load(std::memory_order_relaxed);
  factor = part == SpeedPart::rate ? core::rate_of(speed) : core::pitch_of(speed);
  return Error::none;
}

Error Streams::statistics(Handle handle, hal::Direction direction, core::Statistics& statistics, Ask ask) {
  ClientCall call(*table_, handle, direction);
  if (!call) return Error::bad_handle;
  statistics.streams = 1;
  statistics.slot = call->trace.slot;
  statistics.add(call->counters);
  if (ask == Ask::levels) statistics.levels = call->audio().meter().ask();
  statistics.latency = core::latencies_of(*call->latency);
  statistics.device = engine_of(*call).statistics();
  return Error::none;
}

core::Statistics Streams::total() {
  core::Totals& closed = close_protocol_.closed();
  const hal::MutexLock lock(closed.mutex);
  core::Statistics sum = closed.counters;
  auto latency = std::make_unique<core::LatencyHistogram>();
  latency->merge(closed.latency);
  for (core::Stream& stream : table_->streams) {
    const hal::MutexLock stream_lock(stream.mutex);
    if (stream.handle.load(std::memory_order_relaxed) == 0) continue;
    ++sum.streams;
    sum.add(stream.counters);
    latency->merge(*stream.latency);
  }
  sum.latency = core::latencies_of(*latency);
  return sum;
}

void Streams::supervise() noexcept {
  for (core::Stream& stream : table_->streams) {
    if (stream.handle.load(std::memory_order_relaxed) == 0) continue;
    // Never waits: the holder of the mutex may itself wait for the lock.
    if (!stream.mutex.try_lock()) continue;
    look_after(stream);
    stream.mutex.unlock();
  }
}

/// Without memory the next tick, or the engine's next request, tries again.
void Streams::look_after(core::Stream& stream) noexcept {
  if (stream.handle.load(std::memory_order_relaxed) == 0) return;
  stream.refill();
  const core::RtLock::Token theirs = stream.overdue.exchange(0, std::memory_order_relaxed);
  try {
    if (theirs != 0 && core::replace_overdue(stream, theirs)) serve_fresh_state(stream);
    if (engine_of(stream).cannot_run() && stream.queued() && give_back(stream)) serve_fresh_state(stream);
  } catch (const std::bad_alloc&) {
  }
}

/// Effects: has the returned headers delivered, and the fresh audio state served.
void Streams::serve_fresh_state(core::Stream& stream) noexcept {
  if (stream.delivery.post()) table_->hand_to_notifier(stream.index());
  engine_of(stream).serve_again(stream);
}

/// Effects: returns the queued headers of a stream that nothing serves. Returns: false if not now.
bool Streams::give_back(core::Stream& stream) {
  core::Stream::Spare spare = stream.make_spare();
  const core::AudioSection section(stream, core::IfOverdue::give_up);
  if (section.entered()) stream.replace_state(std::move(spare));
  return section.entered();
}

bool Streams::settle(std::int64_t deadline_ns) const {
  const auto busy = [](const core::Stream& stream) {
    // The lock first: its owner flags headers, posts their messages, then releases it.
    return stream.lock.is_held() || stream.delivery.is_busy();
  };
  constexpr std::chrono::microseconds kNap{20};
  for (const core::Stream& stream : table_->streams) {
    while (busy(stream)) {
      if (hal::monotonic_now_ns() >= deadline_ns) return false;
      hal::nap(kNap);
    }
  }
  return true;
}

}  // namespace refwave::control
