#include "driver/control/close_protocol.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "driver/core/stream/delivery.h"
#include "driver/engine/engine.h"
#include "driver/stream/control_seat.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"
#include "hal/system/thread_id.h"

namespace refwave::control {

namespace {

/// The longest wait of a close for the sound that was already played.
constexpr std::int64_t kLongestHearingNs = 500'000'000;

}  // namespace

void CloseProtocol::close(ClientCall& call, std::int64_t latest_ns) {
  // From here on the handle is unknown, so no other call finds the stream. Relaxed: calls take the mutex
  // before they look, and position() has what it needs from the next stream's values.
  core::Stream& stream = *call;
  stream.handle.store(0, std::memory_order_relaxed);
  call.leave();
  const std::int64_t deadline_ns =
      is_in_a_callback() ? 0 : std::min(hal::monotonic_now_ns() + kLongestHearingNs, latest_ns);
  play_tail(stream, deadline_ns);
  std::int64_t heard_out_ns = 0;
  {
    // Kept: no call finds the stream by now, but detach() has its mutex everywhere, before the seat.
    const std::lock_guard lock(stream.mutex);
    heard_out_ns = detach(stream);
  }
  if (stream.owner_thread.load(std::memory_order_relaxed) == hal::this_thread_id()) {
    finish_nested_close(stream);
  } else {
    // The program may exit next, and its sound would end with it.
    if (deadline_ns != 0) hal::sleep_until_ns(std::min(heard_out_ns, deadline_ns));
    finish_close(stream, latest_ns);
  }
}

/// Returns: whether a client's callback runs on this thread. Such a thread does not wait, because it would
/// delay other clients.
bool CloseProtocol::is_in_a_callback() const noexcept {
  const std::uintptr_t here = hal::this_thread_id();
  return std::ranges::any_of(table_.streams, [&](const core::Stream& stream) {
    return stream.owner_thread.load(std::memory_order_relaxed) == here;
  });
}

/// Effects: waits until the audio thread has rendered the frames in the stream's resampler. The audio thread
/// ends the wait, or the deadline if the device does not call. The stream stays attached meanwhile.
void CloseProtocol::play_tail(const core::Stream& stream, std::int64_t deadline_ns) noexcept {
  constexpr std::chrono::microseconds kNap{500};
  while (stream.voice && stream.voice->has_tail() && stream.running.load(std::memory_order_relaxed) &&
         !stream.is_retired() && hal::monotonic_now_ns() < deadline_ns)
    hal::nap(kNap);
}

std::int64_t CloseProtocol::detach(core::Stream& stream) {
  stream.engine->detach(stream.index());
  const stream::ControlSeat seat(stream);
  // The audio thread reads it in the seat.
  stream.device_epoch.store(0, std::memory_order_relaxed);
  return seat.seated() && stream.voice ? stream.voice->heard_out_ns() : 0;
}

void CloseProtocol::clear_out(core::Stream& stream) {
  // Kept: no call finds the stream by now, but its members have one rule, which is the mutex.
  const std::lock_guard lock(stream.mutex);
  stream.clear_out();
  table_.give_back(stream);
}

namespace {

std::uint32_t undelivered(core::Stream& stream) {
  // Kept: no call finds the stream by now, but its lists have one rule, which is the mutex.
  const std::lock_guard lock(stream.mutex);
  return stream.undelivered();
}

/// Effects: tells the client what is left, as the messages' owner. `counted`: messages in the pending count.
/// Of a retired stream there may be more, because the thread that died had not counted all of its blocks.
void tell_rest(core::Stream& stream, std::uint32_t counted) {
  const std::uint32_t messages = stream.is_retired() ? undelivered(stream) : counted;
  core::Delivery delivery(stream);
  for (std::uint32_t i = 0; i < messages; ++i) delivery.tell(stream.take(), core::Stack::unknown);
}

/// Effects: counts the messages for which a close has not waited; none of a client that wants none. `owner`:
/// its state when the wait ended. An owner that is still inside a callback may have taken the message or not,
/// and has not counted it off. That message counts as delivered. An owner that has left, or was between two
/// callbacks, has taken what it has told, and perhaps not counted it off. Of a retired stream the count may
/// be too small, so its lists count, as in tell_rest().
void count_undelivered(core::Stream& stream, core::Call owner) {
  if (stream.callback.function == nullptr) return;
  // Acquire: pairs with the owner's store of zero, with which it leaves a closed stream. Then the lists show
  // what it has taken.
  const std::uint32_t pending = stream.pending.load(std::memory_order_acquire);
  const bool is_inside =
      owner == core::Call::in_call && (pending & core::kCloserToken) != 0 && !stream.is_retired();
  stream.counters.undelivered.fetch_add(is_inside ? (pending & ~core::kCloserToken) - 1 : undelivered(stream),
                                        std::memory_order_relaxed);
}

/// Effects: waits until the owner leaves. The owner ends the wait (call = handed), or the deadline: one
/// second, and `latest_ns` at most, because a client's callback may never return. Returns: handed, or the
/// owner's state at the deadline.
core::Call wait_for_owner(core::Stream& stream, std::int64_t latest_ns) {
  constexpr std::int64_t kPatienceNs = 1'000'000'000;
  constexpr std::chrono::microseconds kNap{100};
  const std::int64_t deadline_ns = std::min(hal::monotonic_now_ns() + kPatienceNs, latest_ns);
  // Acquire: pairs with the owner's exchange to handed, as does the load in the loop.
  core::Call seen = stream.call.load(std::memory_order_acquire);
  while (seen != core::Call::handed && hal::monotonic_now_ns() < deadline_ns) {
    hal::nap(kNap);
    seen = stream.call.load(std::memory_order_acquire);
  }
  // One exchange decides whether the owner or the deadline was first.
  while (seen != core::Call::handed) {
    // Acquire: pairs with the owner's exchanges. The owner needs nothing of this thread's. Kept: the look
    // before has acquired the same, unless the owner had a whole callback in between.
    if (stream.call.compare_exchange_weak(seen, core::Call::closed, std::memory_order_acquire)) return seen;
  }
  return seen;
}

}  // namespace

/// The closing thread is inside this stream's own callback. The function that called the client finds the
/// call closed when the callback returns, and leaves.
void CloseProtocol::finish_nested_close(core::Stream& stream) {
  // Nobody changes the count meanwhile, because this thread is the owner. The message whose callback runs has
  // been told already.
  tell_rest(stream, stream.pending.load(std::memory_order_relaxed) - 1);
  core::StreamCounters::add(stream.counters.messages, 1);
  // Relaxed: this thread itself looks at it, when the callback returns.
  stream.call.store(core::Call::closed, std::memory_order_relaxed);
  tell_closed(stream);
  clear_out(stream);
}

void CloseProtocol::finish_close(core::Stream& stream, std::int64_t latest_ns) {
  // One of the two threads sees the other, because both change the count. Acquire: pairs with the owner's
  // fetch_sub. The owner needs nothing of this thread's.
  const std::uint32_t before = stream.pending.fetch_add(core::kCloserToken, std::memory_order_acquire);
  if (before == 0 || table_.claim(stream.index())) {
    // Read after the claim, because an owner may have told some messages and then left the others to a
    // notifier. Relaxed: the claim has acquired what that owner did.
    tell_rest(stream, stream.pending.load(std::memory_order_relaxed) - core::kCloserToken);
    tell_closed(stream);
    // Release: pairs with Streams::settle(). The messages have been told.
    stream.pending.store(0, std::memory_order_release);
    return clear_out(stream);
  }
  const core::Call owner = wait_for_owner(stream, latest_ns);
  if (owner == core::Call::handed) {
    tell_rest(stream, 0);
    tell_closed(stream);
    // Release: pairs with Streams::settle(). Kept: only of a retired stream has this thread told more than
    // the owner, whose own release goes on through this step.
    stream.pending.fetch_sub(core::kCloserToken, std::memory_order_release);
    return clear_out(stream);
  }
  count_undelivered(stream, owner);
  tell_closed(stream);
  // Kept: as in clear_out(). The voice stays until the callback has returned and the place is used again.
  const std::lock_guard lock(stream.mutex);
  stream.engine.reset();
  table_.give_back(stream);
}

/// Effects: the stream's counters go to those of all closed streams, and the client is told.
void CloseProtocol::tell_closed(core::Stream& stream) {
  log_close(stream);
  {
    const std::lock_guard lock(closed_.mutex);
    closed_.counters.add(stream.counters);
    closed_.latency.merge(stream.lane->latency());
  }
  const core::ClientCallback callback = stream.callback;
  if (callback.function != nullptr)
    callback.function(callback, core::Notice::close, nullptr, core::Stack::unknown);
}

void CloseProtocol::log_close(const core::Stream& stream) const {
  journal_->tell([&] {
    stream::Statistics counts;
    counts.add(stream.counters);
    const stream::Latencies latency = stream::latencies_of(stream.lane->latency());
    const auto microseconds = [](std::uint64_t ns) { return std::to_string(ns / 1'000) + " us"; };
    return "stream " + std::to_string(stream.index()) + " closed: " + std::to_string(counts.blocks) +
           " blocks, " + std::to_string(counts.messages) + " messages, " +
           std::to_string(counts.undelivered) + " undelivered, " + std::to_string(counts.underruns) +
           " underruns, " + std::to_string(counts.periods) + " periods; buffer done p50 " +
           microseconds(latency.p50_ns) + ", p99 " + microseconds(latency.p99_ns) + ", max " +
           microseconds(latency.max_ns);
  });
}

}  // namespace refwave::control
