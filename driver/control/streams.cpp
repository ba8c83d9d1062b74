#include "driver/control/streams.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "driver/control/visit.h"
#include "driver/core/cycle.h"
#include "driver/core/delivery.h"
#include "driver/core/thread_id.h"
#include "driver/stream/control_seat.h"
#include "hal/realtime.h"

namespace refwave::control {
namespace {

constexpr std::int64_t kLongestHearingNs = 500'000'000;  // that a close waits for what was played to be heard

}  // namespace

Streams::Streams(std::shared_ptr<core::SlotTable> table) : table_(std::move(table)) {}

// --- open ---

/// Returns: a place whose slot nobody can still see: seat free, no message pending.
Streams::Place* Streams::claim_place() {
  const std::lock_guard lock(table_mutex_);
  for (Place& place : places_) {
    core::Slot& slot = table_->slots[index_of(place)];
    if (place.taken) continue;
    if (slot.pending.load(std::memory_order_acquire) != 0) continue;  // pairs with the last owner's leaving
    if (slot.seat.load(std::memory_order_relaxed) != core::Seat::vacant) continue;
    place.taken = true;
    return &place;
  }
  return nullptr;
}

/// Returns: slots in use, and the closed ones whose callback has not returned.
std::size_t Streams::threads_needed() const {
  const std::lock_guard lock(table_mutex_);
  std::size_t count = 0;
  for (const Place& place : places_) {
    const core::Slot& slot = table_->slots[index_of(place)];
    if (place.taken || slot.pending.load(std::memory_order_relaxed) != 0) ++count;
  }
  return count;
}

bool Streams::in_use() const {
  const std::lock_guard lock(table_mutex_);
  return std::any_of(places_.begin(), places_.end(), [](const Place& place) { return place.taken; });
}

void Streams::give_back(Place& place) {
  const std::lock_guard lock(table_mutex_);
  place.taken = false;
}

bool Streams::furnish(Place& place, const OpenOptions& options,
                      const std::shared_ptr<engine::Engine>& engine) {
  core::Slot& slot = table_->slots[index_of(place)];
  const std::lock_guard lock(place.write_mutex);
  place.stream = std::make_unique<stream::Stream>(slot, options.direction, options.format,
                                                  options.ring_capacity, options.done_when);
  place.engine = engine;
  place.bytes_per_frame.store(static_cast<std::uint32_t>(options.format.bytes_per_frame()),
                              std::memory_order_release);  // pairs with position()
  slot.lane = &place.stream->lane();
  slot.callback = options.callback;
  slot.counters.clear();
  slot.call.store(core::Call::idle, std::memory_order_relaxed);  // nobody is inside: pending is zero
  slot.owner_thread.store(0, std::memory_order_relaxed);
  slot.running.store(options.direction == hal::Direction::output, std::memory_order_relaxed);
  slot.break_loop.store(false, std::memory_order_relaxed);
  slot.volume.store(0xFFFF'FFFFU, std::memory_order_relaxed);
  slot.sounding.store(false, std::memory_order_relaxed);
  const stream::ControlSeat seat(slot);
  if (!seat.seated()) return false;
  slot.position.publish({.epoch = slot.position.epoch() + 1});
  return true;
}

/// Effects: all of an open that may fail.
Error Streams::set_up(Place& place, const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
                      notify::Notifiers& notifiers) {
  try {
    const Error problem = engine->open();
    if (problem != Error::none) return problem;
    if (!furnish(place, options, engine) || !notifiers.ensure(threads_needed()).empty())
      return Error::no_memory;
    return engine->attach(index_of(place), *place.stream);
  } catch (const std::bad_alloc&) {
    return Error::no_memory;
  }
}

Error Streams::open(const OpenOptions& options, const std::shared_ptr<engine::Engine>& engine,
                    notify::Notifiers& notifiers, Handle& handle) {
  Place* place = claim_place();
  if (place == nullptr) return Error::all_slots_used;
  const std::size_t index = index_of(*place);
  const Error problem = set_up(*place, options, engine, notifiers);
  if (problem != Error::none) {
    const std::lock_guard lock(place->write_mutex);
    clear_out(*place);
    return problem;
  }
  {
    const std::lock_guard lock(place->write_mutex);
    handle = next_handle(generations, index, options.direction);
    place->handle.store(handle, std::memory_order_release);  // pairs with position()
  }
  const core::ClientCallback callback = options.callback;
  if (callback.function != nullptr)
    callback.function(callback, core::Notice::open, nullptr, core::Stack::unknown);
  return Error::none;
}

// --- messages ---

namespace {

/// Effects: delivers what is pending in a slot that the caller owns. Afterwards the stream may be gone. Not
/// inlined: a rehearsal is to go through the same code.
[[gnu::noinline]] void deliver_all(core::Slot& slot, stream::Stream& stream,
                                   std::mutex& write_mutex) noexcept {
  core::Delivery delivery(slot);
  while (delivery.begin() && delivery.finish(stream.take(write_mutex), core::Stack::known)) {
  }
}

}  // namespace

void Streams::deliver(std::size_t index) noexcept {
  core::Slot& slot = table_->slots[index];
  Place& place = places_[index];
  stream::Stream& stream = *place.stream;  // it stays as long as the slot is the caller's
  core::BlockRing& ring = slot.lane->ring();
  core::expect(&ring.at(ring.notified()));  // while begin() waits for the slot
  rehearsal_.follow(slot, *slot.lane, stream);
  deliver_all(slot, stream, place.write_mutex);
}

void Streams::rehearse() noexcept { rehearsal_.run(deliver_all); }

/// Effects: delivers that many messages of a slot this thread owns, then gives it to a notifier if there are
/// more: these came later, and the caller has its own client to return to.
void Streams::deliver_owned(std::size_t index, std::uint32_t messages) {
  core::Slot& slot = table_->slots[index];
  core::Delivery delivery(slot);
  Place& place = places_[index];
  for (std::uint32_t i = 0; i < messages; ++i) {
    if (!delivery.begin()) return;
    if (!delivery.finish(place.stream->take(place.write_mutex), core::Stack::unknown)) return;
  }
  hand_to_notifier(index);
}

void Streams::hand_to_notifier(std::size_t index) {
  table_->ready.set(index);
  table_->waker.wake_one();
}

Error Streams::return_blocks(Handle handle, hal::Direction direction, Return what) {
  Visit visit(*this, handle, direction);
  if (!visit) return Error::bad_handle;
  core::Slot& slot = visit.slot();
  const std::size_t index = index_of(visit.place());
  std::uint32_t messages = 0;
  if (direction == hal::Direction::input) slot.running.store(false, std::memory_order_relaxed);
  {
    const stream::ControlSeat seat(slot);
    const std::uint32_t finished = what == Return::all ? visit.stream().return_all(seat)
                                   : seat.seated()     ? visit.stream().track()->return_partial()
                                                       : 0;
    // The owner is whoever raises the count from zero, or takes the ready bit from a slot nobody has claimed
    // yet.
    if (slot.add_pending(finished) || table_->ready.claim(index))
      messages =
          slot.pending.load(std::memory_order_relaxed);  // nobody adds while we are seated, nobody subtracts
  }
  if (direction == hal::Direction::output) slot.running.store(true, std::memory_order_relaxed);
  visit.leave();
  if (messages != 0) deliver_owned(index, messages);
  return Error::none;
}

Error Streams::reset(Handle handle, hal::Direction direction) {
  return return_blocks(handle, direction, Return::all);
}

Error Streams::stop(Handle handle) { return return_blocks(handle, hal::Direction::input, Return::partial); }

// --- close ---

Error Streams::close(Handle handle, hal::Direction direction) {
  Visit visit(*this, handle, direction);
  if (!visit) return Error::bad_handle;
  if (visit.stream().queued()) return Error::still_playing;
  visit.place().handle.store(0,
                             std::memory_order_release);  // from here on the handle is unknown to everybody
  const std::size_t index = index_of(visit.place());
  visit.leave();  // nobody else finds the stream any more
  const std::int64_t deadline_ns = is_in_a_callback() ? 0 : core::monotonic_now_ns() + kLongestHearingNs;
  play_tail(visit.place(), deadline_ns);
  std::int64_t heard_out_ns = 0;
  {
    const std::lock_guard lock(visit.place().write_mutex);
    heard_out_ns = detach(visit.place());
  }
  if (visit.slot().owner_thread.load(std::memory_order_relaxed) == core::current_thread_id()) {
    finish_nested_close(index);
  } else {
    if (deadline_ns != 0) hal::sleep_until_ns(std::min(heard_out_ns, deadline_ns));
    finish_close(index);
  }
  return Error::none;
}

/// Returns: whether a client's callback runs on this thread. It waits for nothing: it holds up others.
bool Streams::is_in_a_callback() const noexcept {
  const std::uintptr_t here = core::current_thread_id();
  return std::any_of(table_->slots.begin(), table_->slots.end(), [&](const core::Slot& slot) {
    return slot.owner_thread.load(std::memory_order_relaxed) == here;
  });
}

/// Effects: waits until the audio thread has rendered what the stream's resampler holds; ended by it, or by
/// the deadline if the device does not call. The stream is attached meanwhile.
void Streams::play_tail(Place& place, std::int64_t deadline_ns) noexcept {
  constexpr std::chrono::microseconds kNap{500};
  const core::Voice* voice = place.stream->voice();
  const core::Slot& slot = table_->slots[index_of(place)];
  while (voice != nullptr && voice->has_tail() && slot.running.load(std::memory_order_relaxed) &&
         !slot.is_retired() && core::monotonic_now_ns() < deadline_ns)
    hal::nap(kNap);
}

/// Effects: no audio thread sees the stream from here on, so nothing more becomes pending. Returns: when what
/// it has made will have been heard, in ns of the monotonic clock.
std::int64_t Streams::detach(Place& place) {
  core::Slot& slot = table_->slots[index_of(place)];
  place.engine->detach(index_of(place));
  const stream::ControlSeat seat(slot);
  slot.device_epoch.store(0, std::memory_order_relaxed);  // the audio thread reads it in the seat
  if (!seat.seated()) {
    if (slot.add_pending(place.stream->uncounted())) table_->ready.set(index_of(place));
    return 0;
  }
  const std::int64_t heard_out_ns = slot.voice != nullptr ? slot.voice->heard_out_ns() : 0;
  slot.voice = nullptr;
  slot.track = nullptr;
  return heard_out_ns;
}

/// Effects: ends the stream's memory and lets others have the place. A retired slot keeps the memory: the
/// audio thread that died in its seat may wake up. Under the write mutex.
void Streams::clear_out(Place& place) {
  core::Slot& slot = table_->slots[index_of(place)];
  if (slot.is_retired()) {
    slot.remains = std::move(place.stream);
  } else {
    place.stream.reset();
  }
  place.engine.reset();
  give_back(place);
}

void Streams::tell_rest(std::size_t index, std::uint32_t messages) {
  Place& place = places_[index];
  core::Delivery delivery(table_->slots[index]);
  for (std::uint32_t i = 0; i < messages; ++i)
    delivery.tell(place.stream->take(place.write_mutex), core::Stack::unknown);
}

void Streams::tell_closed(std::size_t index) {
  const core::ClientCallback callback = table_->slots[index].callback;
  if (callback.function != nullptr)
    callback.function(callback, core::Notice::close, nullptr, core::Stack::unknown);
}

/// Inside this stream's own callback, or on the audio thread before its turn: the frame below finds the call
/// closed, and leaves.
void Streams::finish_nested_close(std::size_t index) {
  core::Slot& slot = table_->slots[index];
  const std::uint32_t pending =
      slot.pending.load(std::memory_order_relaxed);  // ours: the owner is this thread
  const std::uint32_t inside = slot.call.load(std::memory_order_relaxed) == core::Call::in_call ? 1 : 0;
  tell_rest(index, pending - inside);
  core::SlotCounters::add(slot.counters.messages, inside);
  slot.call.store(core::Call::closed,
                  std::memory_order_release);  // pairs with the compare-exchange in Delivery
  retire_statistics(index);
  tell_closed(index);
  const std::lock_guard lock(places_[index].write_mutex);
  clear_out(places_[index]);
}

void Streams::finish_close(std::size_t index) {
  core::Slot& slot = table_->slots[index];
  Place& place = places_[index];
  core::Call owner = core::Call::handed;  // nobody's by now
  // Acquire-release: pairs with the owner's fetch_sub, so that one of us sees that the other is there.
  const std::uint32_t before = slot.pending.fetch_add(core::kCloserToken, std::memory_order_acq_rel);
  if (before == 0 || table_->ready.claim(index)) {
    tell_rest(index, before);
    retire_statistics(index);
    tell_closed(index);
    slot.pending.store(0, std::memory_order_release);  // pairs with the next open's look
  } else {
    owner = wait_for_owner(slot);
    if (owner != core::Call::handed) count_undelivered(slot, owner);
    retire_statistics(index);
    tell_closed(index);
    if (owner == core::Call::handed)
      slot.pending.fetch_sub(core::kCloserToken,
                             std::memory_order_release);  // pairs with the next open's look
  }
  const std::lock_guard lock(place.write_mutex);
  if (owner == core::Call::handed) return clear_out(place);
  place.engine.reset();  // the stream stays until the callback has returned and the slot is used again
  give_back(place);
}

/// Effects: counts the messages that a close has not waited for. The one whose callback runs is delivered.
void Streams::count_undelivered(core::Slot& slot, core::Call owner) {
  const std::uint32_t pending = slot.pending.load(std::memory_order_acquire) & ~core::kCloserToken;
  const std::uint32_t inside = owner == core::Call::in_call ? 1 : 0;
  if (pending > inside) core::SlotCounters::add(slot.counters.undelivered, pending - inside);
}

/// Effects: waits for the owner to leave; ended by it (call = handed), or by the time being over for a client
/// that does not return. Returns: handed, or where the owner was when the time was over.
core::Call Streams::wait_for_owner(core::Slot& slot) {
  constexpr std::int64_t kPatienceNs = 1'000'000'000;
  constexpr std::chrono::microseconds kNap{100};
  const std::int64_t deadline_ns = core::monotonic_now_ns() + kPatienceNs;
  core::Call seen = slot.call.load(std::memory_order_acquire);  // pairs with the owner's exchange to handed
  while (seen != core::Call::handed && core::monotonic_now_ns() < deadline_ns) {
    hal::nap(kNap);
    seen = slot.call.load(std::memory_order_acquire);
  }
  // One exchange decides whether the owner or the time was first.
  while (seen != core::Call::handed) {
    if (slot.call.compare_exchange_weak(seen, core::Call::closed, std::memory_order_acq_rel)) return seen;
  }
  return seen;
}

void Streams::retire_statistics(std::size_t index) {
  core::Slot& slot = table_->slots[index];
  const std::lock_guard lock(closed_.mutex);
  closed_.counters.add(slot.counters);
  closed_.latency.merge(slot.lane->latency());
}

void Streams::close_all() {
  for (Place& place : places_) {
    const Handle handle = place.handle.load(std::memory_order_acquire);  // pairs with open
    if (handle == 0) continue;
    Error result = Error::still_playing;
    while (result == Error::still_playing) {  // a client may write between the two
      reset(handle, direction_of(handle));
      result = close(handle, direction_of(handle));
    }
  }
}

}  // namespace refwave::control
