#include "driver/control/close_protocol.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "driver/core/lanes/delivery.h"
#include "driver/core/lanes/lane.h"
#include "driver/core/lanes/voice.h"
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
  call.place().handle.store(0, std::memory_order_relaxed);
  const std::size_t index = places_.index_of(call.place());
  call.leave();
  const std::int64_t deadline_ns =
      is_in_a_callback() ? 0 : std::min(hal::monotonic_now_ns() + kLongestHearingNs, latest_ns);
  play_tail(call.place(), deadline_ns);
  std::int64_t heard_out_ns = 0;
  {
    // Kept: no call finds the stream by now, but detach() has its mutex everywhere, before the seat.
    const std::lock_guard lock(call.place().write_mutex);
    heard_out_ns = detach(call.place());
  }
  if (call.slot().owner_thread.load(std::memory_order_relaxed) == hal::this_thread_id()) {
    finish_nested_close(index);
  } else {
    // The program may exit next, and its sound would end with it.
    if (deadline_ns != 0) hal::sleep_until_ns(std::min(heard_out_ns, deadline_ns));
    finish_close(index, latest_ns);
  }
}

/// Returns: whether a client's callback runs on this thread. Such a thread does not wait, because it would
/// delay other clients.
bool CloseProtocol::is_in_a_callback() const noexcept {
  const auto& slots = places_.table().slots;
  const std::uintptr_t here = hal::this_thread_id();
  return std::any_of(slots.begin(), slots.end(), [&](const core::Slot& slot) {
    return slot.owner_thread.load(std::memory_order_relaxed) == here;
  });
}

/// Effects: waits until the audio thread has rendered the frames in the stream's resampler. The audio thread
/// ends the wait, or the deadline if the device does not call. The stream stays attached meanwhile.
void CloseProtocol::play_tail(Place& place, std::int64_t deadline_ns) const noexcept {
  constexpr std::chrono::microseconds kNap{500};
  const core::Voice* voice = place.stream->voice();
  const core::Slot& slot = places_.slot_of(place);
  while (voice != nullptr && voice->has_tail() && slot.running.load(std::memory_order_relaxed) &&
         !slot.is_retired() && hal::monotonic_now_ns() < deadline_ns)
    hal::nap(kNap);
}

std::int64_t CloseProtocol::detach(Place& place) {
  const std::size_t index = places_.index_of(place);
  core::Slot& slot = places_.slot(index);
  place.engine->detach(index);
  const stream::ControlSeat seat(slot);
  // The audio thread reads it in the seat.
  slot.device_epoch.store(0, std::memory_order_relaxed);
  if (!seat.seated()) return 0;
  const std::int64_t heard_out_ns = slot.voice != nullptr ? slot.voice->heard_out_ns() : 0;
  slot.voice = nullptr;
  slot.track = nullptr;
  return heard_out_ns;
}

/// Returns: the number of messages that the closing thread has to tell, as the slot's owner. `counted`: those
/// in the pending count. In a retired slot there may be more, because the thread that died had not counted
/// all of its blocks.
std::uint32_t CloseProtocol::rest(std::size_t index, std::uint32_t counted) {
  return places_.slot(index).is_retired() ? untold(index) : counted;
}

std::uint32_t CloseProtocol::untold(std::size_t index) {
  // Kept: no call finds the stream by now, but its lists have one rule, which is the mutex.
  const std::lock_guard lock(places_[index].write_mutex);
  return places_[index].stream->untold();
}

void CloseProtocol::tell_rest(std::size_t index, std::uint32_t messages) {
  Place& place = places_[index];
  core::Delivery delivery(places_.slot(index));
  for (std::uint32_t i = 0; i < messages; ++i)
    delivery.tell(place.stream->take(place.write_mutex), core::Stack::unknown);
}

void CloseProtocol::tell_closed(std::size_t index) {
  const core::ClientCallback callback = places_.slot(index).callback;
  if (callback.function != nullptr)
    callback.function(callback, core::Notice::close, nullptr, core::Stack::unknown);
}

/// The closing thread is inside this stream's own callback. The function that called the client finds the
/// call closed when the callback returns, and leaves.
void CloseProtocol::finish_nested_close(std::size_t index) {
  core::Slot& slot = places_.slot(index);
  // Nobody changes the count meanwhile, because this thread is the owner. The message whose callback runs has
  // been told already.
  tell_rest(index, rest(index, slot.pending.load(std::memory_order_relaxed) - 1));
  core::SlotCounters::add(slot.counters.messages, 1);
  // Relaxed: this thread itself looks at it, when the callback returns.
  slot.call.store(core::Call::closed, std::memory_order_relaxed);
  retire_statistics(index);
  tell_closed(index);
  // Kept: no call finds the place by now, but its members have one rule, which is the mutex.
  const std::lock_guard lock(places_[index].write_mutex);
  places_.clear_out(places_[index]);
}

void CloseProtocol::finish_close(std::size_t index, std::int64_t latest_ns) {
  core::Slot& slot = places_.slot(index);
  Place& place = places_[index];
  core::Call owner = core::Call::handed;  // the state when no owner is left
  // One of the two threads sees the other, because both change the count. Acquire: pairs with the owner's
  // fetch_sub. The owner needs nothing of this thread's.
  const std::uint32_t before = slot.pending.fetch_add(core::kCloserToken, std::memory_order_acquire);
  if (before == 0 || places_.table().claim(index)) {
    // Read after the claim, because an owner may have told some messages and then left the others to a
    // notifier. Relaxed: the claim has acquired what that owner did.
    const std::uint32_t left = slot.pending.load(std::memory_order_relaxed) - core::kCloserToken;
    tell_rest(index, rest(index, left));
    retire_statistics(index);
    tell_closed(index);
    // Release: pairs with Streams::settle(). The messages have been told.
    slot.pending.store(0, std::memory_order_release);
  } else {
    owner = wait_for_owner(slot, latest_ns);
    if (owner == core::Call::handed) {
      tell_rest(index, rest(index, 0));
    } else {
      count_undelivered(index, owner);
    }
    retire_statistics(index);
    tell_closed(index);
    // Release: pairs with Streams::settle(). Kept: only of a retired slot has this thread told more than the
    // owner, whose own release goes on through this step.
    if (owner == core::Call::handed) slot.pending.fetch_sub(core::kCloserToken, std::memory_order_release);
  }
  // Kept: as in finish_nested_close().
  const std::lock_guard lock(place.write_mutex);
  if (owner == core::Call::handed) return places_.clear_out(place);
  // The stream stays until the callback has returned and the slot is used again.
  place.engine.reset();
  places_.give_back(place);
}

/// Effects: counts the messages for which a close has not waited; none of a client that wants none. `owner`:
/// its state when the wait ended. An owner that is still inside a callback may have taken the message or not,
/// and has not counted it off. That message counts as delivered. An owner that has left, or was between two
/// callbacks, has taken what it has told, and perhaps not counted it off. In a retired slot the count may be
/// too small, so its lists count, as in rest().
void CloseProtocol::count_undelivered(std::size_t index, core::Call owner) {
  core::Slot& slot = places_.slot(index);
  if (slot.callback.function == nullptr) return;
  // Acquire: pairs with the owner's store of zero, with which it leaves a closed stream. Then the lists show
  // what it has taken.
  const std::uint32_t pending = slot.pending.load(std::memory_order_acquire);
  const bool is_inside =
      owner == core::Call::in_call && (pending & core::kCloserToken) != 0 && !slot.is_retired();
  slot.counters.undelivered.fetch_add(is_inside ? (pending & ~core::kCloserToken) - 1 : untold(index),
                                      std::memory_order_relaxed);
}

/// Effects: waits until the owner leaves. The owner ends the wait (call = handed), or the deadline: one
/// second, and `latest_ns` at most, because a client's callback may never return. Returns: handed, or the
/// owner's state at the deadline.
core::Call CloseProtocol::wait_for_owner(core::Slot& slot, std::int64_t latest_ns) {
  constexpr std::int64_t kPatienceNs = 1'000'000'000;
  constexpr std::chrono::microseconds kNap{100};
  const std::int64_t deadline_ns = std::min(hal::monotonic_now_ns() + kPatienceNs, latest_ns);
  // Acquire: pairs with the owner's exchange to handed, as does the load in the loop.
  core::Call seen = slot.call.load(std::memory_order_acquire);
  while (seen != core::Call::handed && hal::monotonic_now_ns() < deadline_ns) {
    hal::nap(kNap);
    seen = slot.call.load(std::memory_order_acquire);
  }
  // One exchange decides whether the owner or the deadline was first.
  while (seen != core::Call::handed) {
    // Acquire: pairs with the owner's exchanges. The owner needs nothing of this thread's. Kept: the look
    // before has acquired the same, unless the owner had a whole callback in between.
    if (slot.call.compare_exchange_weak(seen, core::Call::closed, std::memory_order_acquire)) return seen;
  }
  return seen;
}

void CloseProtocol::retire_statistics(std::size_t index) {
  core::Slot& slot = places_.slot(index);
  log_close(slot);
  const std::lock_guard lock(closed_.mutex);
  closed_.counters.add(slot.counters);
  closed_.latency.merge(slot.lane->latency());
}

void CloseProtocol::log_close(const core::Slot& slot) const {
  journal_->tell([&] {
    stream::Statistics counts;
    counts.add(slot.counters);
    const stream::Latencies latency = stream::latencies_of(slot.lane->latency());
    const auto microseconds = [](std::uint64_t ns) { return std::to_string(ns / 1'000) + " us"; };
    return "stream " + std::to_string(slot.trace.slot) + " closed: " + std::to_string(counts.blocks) +
           " blocks, " + std::to_string(counts.messages) + " messages, " +
           std::to_string(counts.undelivered) + " undelivered, " + std::to_string(counts.underruns) +
           " underruns, " + std::to_string(counts.periods) + " periods; buffer done p50 " +
           microseconds(latency.p50_ns) + ", p99 " + microseconds(latency.p99_ns) + ", max " +
           microseconds(latency.max_ns);
  });
}

}  // namespace refwave::control
